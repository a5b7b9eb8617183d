using System.Text.Json.Serialization;

namespace Fleet.Faults.Faults;

/// <summary>What can befall a process, or its way to Redis.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<FaultKind>))]
internal enum FaultKind
{
    /// <summary>SIGKILL, and after a while a new start.</summary>
    Kill,

    /// <summary>SIGTERM, and a new start once it has ended.</summary>
    Terminate,

    /// <summary>SIGSTOP, and after a while SIGCONT. A worker's is longer than its lease.</summary>
    Freeze,

    /// <summary>Its connections to Redis are reset and new ones refused.</summary>
    Cut,

    /// <summary>Its connections to Redis stay, and new ones are taken, but nothing that is sent arrives, in either direction.</summary>
    Blackhole,

    /// <summary>Redis hears it and does what it asks, but no answer arrives.</summary>
    Deafen,
}

/// <summary>One fault of a plan.</summary>
/// <param name="Number">Its number, from 1.</param>
/// <param name="At">When it begins, from the start of the storm.</param>
/// <param name="Kind">What happens.</param>
/// <param name="Target">The process it happens to, such as <c>worker-2</c> or <c>redis</c>.</param>
/// <param name="Lasts">How long until it is mended.</param>
internal sealed record Fault(int Number, TimeSpan At, FaultKind Kind, string Target, TimeSpan Lasts)
{
    /// <summary>What people call it: <c>freeze worker-2</c>.</summary>
    public string Name => $"{Kind.ToString().ToLowerInvariant()} {Target}";
}
