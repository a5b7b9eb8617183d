using StackExchange.Redis;

namespace Fleet.Hangfire.Storage;

/// <summary>Writes to the picture, gathered group by group and done with one call; each group is done whole or left out.</summary>
internal sealed class Writes
{
    private const string RunGuard = "run:";
    private const string ScheduleGuard = "schedule:";

    private readonly List<RedisValue> _args = [];
    private int _commandCount = -1;

    public bool IsEmpty => _args.Count == 0;

    /// <summary>What the script takes after its fixed arguments.</summary>
    public IReadOnlyList<RedisValue> Args => _args;

    /// <summary>The run whose group was left out; null for another group.</summary>
    public static RunId? LeftOutRun(string guard) =>
        guard.StartsWith(RunGuard, StringComparison.Ordinal) ? RunId.Parse(guard.AsSpan(RunGuard.Length)) : null;

    /// <summary>The schedule whose group was left out; null for another group.</summary>
    public static string? LeftOutSchedule(string guard) =>
        guard.StartsWith(ScheduleGuard, StringComparison.Ordinal) ? guard[ScheduleGuard.Length..] : null;

    /// <summary>Begins a group about a run: it is left out while a dashboard changes it, or has changed it and nobody has seen that.</summary>
    /// <param name="id">The run.</param>
    /// <param name="seen">How many states its history had when the change by a dashboard was seen that this overwrites; null for none.</param>
    public Writes OfRun(RunId id, long? seen = null) => Begin(RunGuard + id, seen is { } length ? length : "");

    /// <summary>Begins a group about a schedule: it is left out while a dashboard changes it, or has removed it and nobody has seen that.</summary>
    public Writes OfSchedule(string name) => Begin(ScheduleGuard + name, "");

    /// <summary>Begins a group that is always done.</summary>
    public Writes Always() => Begin("", "");

    /// <summary>Adds a command to the group.</summary>
    public Writes Do(string command, string key, params ReadOnlySpan<RedisValue> words)
    {
        _args[_commandCount] = (int)_args[_commandCount] + 1;
        _args.Add(2 + words.Length);
        _args.Add(command);
        _args.Add(key);
        _args.AddRange(words);
        return this;
    }

    /// <summary>Replaces a list or sorted set: <paramref name="add"/> adds so many words at a time.</summary>
    public Writes Replace(string key, string add, IReadOnlyList<RedisValue> words)
    {
        // Even, because a sorted set's members come in pairs; and as many as Lua can pass on.
        const int WordsPerCall = 2000;
        Do("DEL", key);
        for (var i = 0; i < words.Count; i += WordsPerCall) Do(add, key, [.. words.Skip(i).Take(WordsPerCall)]);
        return this;
    }

    private Writes Begin(string guard, RedisValue seen)
    {
        _args.Add(guard);
        _args.Add(seen);
        _commandCount = _args.Count;
        _args.Add(0);
        return this;
    }
}
