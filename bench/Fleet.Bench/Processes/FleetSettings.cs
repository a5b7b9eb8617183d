using System.Globalization;

namespace Fleet.Bench.Processes;

/// <summary>The configuration of a process of Fleet.</summary>
internal static class FleetSettings
{
    public static Dictionary<string, string?> Of(string redis, int partitions) => new()
    {
        ["Fleet:Redis"] = redis,
        ["Fleet:Partitions"] = partitions.ToString(CultureInfo.InvariantCulture),
    };
}
