namespace Fleet.Engine.Hosting;

/// <summary>A part of this process without whose movement the process is worth nothing, so that it is to be started anew.</summary>
internal interface ILivingPart
{
    /// <summary>What stands still; null while everything moves. Whether Redis answers is no part of it: a new start would not help.</summary>
    string? Fault();
}
