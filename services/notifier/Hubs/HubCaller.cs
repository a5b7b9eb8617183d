namespace Fleet.Notifier.Hubs;

/// <summary>What the hub knows of one connection.</summary>
/// <param name="Watches">What it watches.</param>
/// <param name="Calls">How many calls it may make.</param>
/// <param name="Departure">Its place among those who are sent away when the process ends; disposed when it left by itself.</param>
internal sealed record HubCaller(ConnectionWatches Watches, CallBudget Calls, IDisposable Departure)
{
    /// <summary>Under which key it is among a connection's items.</summary>
    public const string Key = "fleet.caller";
}
