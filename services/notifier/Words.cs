using Fleet.Engine.Hosting;

namespace Fleet.Notifier;

/// <summary>What people are told over the hub: the words that the same error has over HTTP, where it has any.</summary>
internal static class Words
{
    public const string MustBeSequence = "must be a whole number of at least 0";

    public static string RedisAway => FleetProblems.RedisUnavailable().Detail!;

    public static string UnknownRun(string? id) => FleetProblems.UnknownRun(id ?? "").Detail!;

    public static string LimitOfPage => $"must be a whole number from 1 to {ListWindow.MostRuns}";

    public static string TooManyIds => $"may name at most {FeedFilter.MostIds} runs";

    public static string TooManyCalls(int most) =>
        $"This connection makes more than {most} calls a second, which is the most (Fleet:Notifier:CallsPerSecond). Wait a moment and call again.";

    public static string TooManyWatches(int most) =>
        $"This connection has {most} watches already, which is the most (Fleet:Notifier:WatchesPerConnection). End one first.";
}
