using System.Globalization;
using Fleet.Bench.Processes;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>What Redis was asked to do.</summary>
internal static class RedisCommands
{
    private const string Calls = "calls=";

    /// <summary>What asks Redis how it is, and is nobody's work.</summary>
    private static readonly string[] Questions = ["info", "config|resetstat", "ping", "client|setinfo", "client|setname"];

    /// <summary>How often Redis executed each command since its counters were reset, those of scripts included, for each of so many.</summary>
    public static async Task<Dictionary<string, double>> EachAsync(BenchRedis redis, long count) =>
        (await redis.CommandStatsAsync())
            .Where(command => !Questions.Contains(command.Key))
            .ToDictionary(command => command.Key, command => Number(command.Value) / Math.Max(count, 1));

    private static double Number(string stats) =>
        double.Parse(stats[Calls.Length..stats.IndexOf(',', StringComparison.Ordinal)], CultureInfo.InvariantCulture);
}
