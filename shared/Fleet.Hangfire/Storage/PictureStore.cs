using Fleet.Engine.Redis;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Hangfire.Storage;

/// <summary>The Redis that the picture is in. Everything is written under a lease, which the same script checks that writes.</summary>
internal sealed class PictureStore(HangfireKeys keys, PictureConnection connection, IOptions<HangfireOptions> options)
{
    private const int RunsPerScan = 500;

    private static readonly RedisScript Write = Read("write");
    private static readonly RedisScript Pressed = Read("pressed");
    private static readonly RedisScript Strangers = Read("strangers");
    private static readonly RedisScript Removed = Read("removed");

    private readonly string _holder = Guid.NewGuid().ToString("N");

    /// <summary>Called before each write, for tests that have the process die there.</summary>
    internal Action? Writing { get; set; }

    private IDatabase Redis => connection.Database;

    private long LeaseMilliseconds => (long)options.Value.Lease.TotalMilliseconds;

    /// <summary>Asks for the lease; false while another process has it.</summary>
    public async Task<bool> TryTakeLeaseAsync()
    {
        if (await Redis.StringSetAsync(keys.Lease, _holder, options.Value.Lease, when: When.NotExists)) return true;
        return await Redis.StringGetAsync(keys.Lease) == _holder;
    }

    /// <summary>Lets another process go on at once.</summary>
    public async Task GiveUpLeaseAsync()
    {
        try
        {
            await WriteAsync(new Writes().Always().Do("DEL", keys.Lease));
        }
        catch (LeaseLostException)
        {
            // Another has gone on already.
        }
    }

    /// <summary>Does the writes and renews the lease; with nothing to write it does just that.</summary>
    /// <returns>The guards of the groups that were left out.</returns>
    /// <exception cref="LeaseLostException">Another process has the lease.</exception>
    public async Task<IReadOnlyList<string>> WriteAsync(Writes writes)
    {
        Writing?.Invoke();
        var reply = await Write.EvaluateAsync(Redis, [keys.Lease], [_holder, LeaseMilliseconds, keys.Prefix, .. writes.Args]);
        return reply.IsNull ? throw new LeaseLostException() : (string[])reply!;
    }

    /// <summary>What the picture was when it was last written.</summary>
    public async Task<StoredPicture> LoadAsync()
    {
        var progress = Redis.HashGetAllAsync(keys.Progress);
        var runs = await Redis.HashGetAllAsync(keys.Runs);
        return new StoredPicture(
            (await progress).ToDictionary(field => field.Name.ToString(), field => field.Value.ToString()),
            runs.ToDictionary(field => RunId.Parse(field.Name.ToString()), field => Shown.Parse(field.Value.ToString())));
    }

    /// <summary>The shown runs that a dashboard has changed, and those that are gone.</summary>
    public async Task<IReadOnlyList<ChangedRun>> ChangedRunsAsync()
    {
        var found = new Dictionary<RunId, ChangedRun>();
        RedisValue cursor = 0;
        do
        {
            var reply = (RedisResult[])(await Pressed.EvaluateAsync(Redis, [keys.Runs], [keys.Prefix, cursor, RunsPerScan]))!;
            cursor = (RedisValue)reply[0];
            for (var i = 1; i < reply.Length; i += 3)
            {
                var id = RunId.Parse((string)reply[i]!);
                found[id] = new ChangedRun(id, (string?)reply[i + 1] is { Length: > 0 } state ? state : null, (long)reply[i + 2]);
            }
        }
        while (cursor != 0);
        return [.. found.Values];
    }

    /// <summary>The jobs in queues that are no runs.</summary>
    public async Task<IReadOnlyList<Stranger>> StrangersAsync()
    {
        var reply = (string[])(await Strangers.EvaluateAsync(Redis, [keys.Queues], [keys.Prefix]))!;
        return [.. reply.Chunk(5).Select(job => new Stranger(job[0], job[1], job[2], job[3], job[4]))];
    }

    /// <summary>The shown schedules that a dashboard removed, and when each was created, in ms.</summary>
    public async Task<IReadOnlyList<(string Name, long Created)>> RemovedSchedulesAsync()
    {
        var reply = (string[])(await Removed.EvaluateAsync(Redis, [keys.Schedules], [keys.Prefix]))!;
        return [.. reply.Chunk(2).Select(schedule => (schedule[0], long.Parse(schedule[1], provider: null)))];
    }

    /// <summary>The names of all schedules that are shown.</summary>
    public async Task<IReadOnlyList<string>> ShownSchedulesAsync() => [.. (await Redis.HashKeysAsync(keys.Schedules)).Select(name => name.ToString())];

    /// <summary>The ids of all servers that are shown.</summary>
    public async Task<IReadOnlyList<string>> ShownServersAsync() => [.. (await Redis.SetMembersAsync(keys.Servers)).Select(id => id.ToString())];

    /// <summary>Whether this Redis drops keys at will when it is full: what is gone was then not necessarily removed by somebody.</summary>
    public async Task<bool> DropsKeysAsync()
    {
        var memory = (string?)await Redis.ExecuteAsync("INFO", "memory") ?? "";
        return memory.Contains("maxmemory_policy:allkeys", StringComparison.Ordinal);
    }

    private static RedisScript Read(string name)
    {
        using var stream = typeof(PictureStore).Assembly.GetManifestResourceStream($"{name}.lua")!;
        using var reader = new StreamReader(stream);
        return new RedisScript(reader.ReadToEnd());
    }
}

/// <summary>What the projector keeps in the picture for itself.</summary>
/// <param name="Progress">How far it has come; empty when there is no picture yet.</param>
/// <param name="Runs">The runs that are shown.</param>
internal sealed record StoredPicture(IReadOnlyDictionary<string, string> Progress, IReadOnlyDictionary<RunId, Shown> Runs);

/// <summary>A shown run that is not as it was written.</summary>
/// <param name="Id">The run.</param>
/// <param name="State">The state that a dashboard put it into; null when it is gone.</param>
/// <param name="Seen">How many states its history has.</param>
internal sealed record ChangedRun(RunId Id, string? State, long Seen);

/// <summary>A job in a queue that is no run.</summary>
/// <param name="Id">Its id.</param>
/// <param name="Queue">The queue.</param>
/// <param name="State">Its state; empty when it is gone.</param>
/// <param name="RecurringJobId">The recurring job it is of, as JSON; empty for none.</param>
/// <param name="CreatedAt">When it was created, as a field timestamp.</param>
internal sealed record Stranger(string Id, string Queue, string State, string RecurringJobId, string CreatedAt);
