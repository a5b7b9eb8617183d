using System.Globalization;

namespace Fleet.Bench.Measuring;

/// <summary>Reads what Redis's <c>INFO</c> says.</summary>
internal static class RedisInfo
{
    private const string CommandPrefix = "cmdstat_";
    private static readonly string[] CpuFields = ["used_cpu_user", "used_cpu_sys", "used_cpu_user_children", "used_cpu_sys_children"];

    public static IReadOnlyDictionary<string, string> Parse(string text) =>
        text.Split('\n', StringSplitOptions.TrimEntries)
            .Where(line => line.Contains(':', StringComparison.Ordinal))
            .Select(line => line.Split(':', 2))
            .ToDictionary(parts => parts[0], parts => parts[1]);

    /// <summary>CPU time of all of a server's threads, and of the children that rewrite its files.</summary>
    public static TimeSpan Cpu(IReadOnlyDictionary<string, string> cpu) =>
        TimeSpan.FromSeconds(CpuFields.Sum(name => double.Parse(cpu[name], CultureInfo.InvariantCulture)));

    public static long Number(IReadOnlyDictionary<string, string> info, string name) => long.Parse(info[name], CultureInfo.InvariantCulture);

    /// <summary>What Redis says of each command, by the command's name.</summary>
    public static IReadOnlyDictionary<string, string> CommandStats(IReadOnlyDictionary<string, string> info) =>
        info.Where(item => item.Key.StartsWith(CommandPrefix, StringComparison.Ordinal))
            .ToDictionary(item => item.Key[CommandPrefix.Length..], item => item.Value);
}
