namespace Fleet.Notifier;

/// <summary>What people are told, in the same words over the hub and over HTTP.</summary>
internal static class Words
{
    public const string RedisAway = "Redis cannot be reached at the moment. Try again in a few seconds.";

    public static string UnknownRun(string id) => RunId.TryParse(id, out _)
        ? $"There is no run {id}. It never was, or it was deleted or kept long enough."
        : $"There is no run '{id}': a run id is 26 characters of Crockford base32.";

    public static string InvalidSequence(string name, string value) =>
        $"{name} is {value}, but it is the number of an event: 0 or more.";

    public static string TooManyWatches(int most) =>
        $"This connection has {most} watches already, which is the most (Fleet:Notifier:WatchesPerConnection). End one first.";
}
