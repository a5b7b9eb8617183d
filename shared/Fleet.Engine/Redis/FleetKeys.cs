using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>Every key of Fleet. No key is built anywhere else, but for names that a script makes from a prefix given here.</summary>
public sealed class FleetKeys
{
    private readonly PartitionKeys[] _partitions;

    /// <summary>The keys of a deployment with this prefix and this many partitions.</summary>
    public FleetKeys(string prefix, int partitions)
    {
        Meta = new MetaKeys($"{prefix}:{{meta}}:");
        System = new PartitionKeys($"{prefix}:{{system}}:", RunId.SystemPartition);
        _partitions = [.. Enumerable.Range(0, partitions).Select(index => new PartitionKeys($"{prefix}:{{{index}}}:", index))];
    }

    /// <summary>The keys that all partitions share.</summary>
    public MetaKeys Meta { get; }

    /// <summary>The partitions, by index.</summary>
    public IReadOnlyList<PartitionKeys> Partitions => _partitions;

    /// <summary>
    /// The partition of Fleet's own background runs. It is not among <see cref="Partitions"/>: no list, count or feed shows such a
    /// run, but whoever has its id can read, watch, wait for and cancel it.
    /// </summary>
    public PartitionKeys System { get; }

    /// <summary>The partition that holds a run; null when the id names one that this deployment does not have.</summary>
    public PartitionKeys? Of(RunId id) =>
        id.Partition == System.Index ? System : id.Partition < _partitions.Length ? _partitions[id.Partition] : null;

    /// <summary>The partition that holds a schedule, and all of its runs.</summary>
    public PartitionKeys OfSchedule(string name) =>
        _partitions[BinaryPrimitives.ReadUInt16BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(name))) % _partitions.Length];
}

/// <summary>The keys of one partition: one Redis Cluster slot.</summary>
public sealed class PartitionKeys
{
    private readonly string _prefix;
    private readonly Dictionary<RunState, RedisKey> _final;

    internal PartitionKeys(string prefix, int index)
    {
        _prefix = prefix;
        Index = index;
        RunPrefix = prefix + "run:";
        QueuePrefix = prefix + "q:";
        FinalPrefix = prefix + "final:";
        StatsPrefix = prefix + "stats:";
        Due = prefix + "due";
        Expiring = prefix + "expiring";
        Active = prefix + "active";
        Events = prefix + "events";
        Retained = prefix + "retained";
        SweepLock = prefix + "sweeping";
        Replicated = prefix + "replicated";
        Schedules = prefix + "schedules";
        Ticks = prefix + "ticks";
        Feed = prefix + "feed";
        Control = prefix + "control";
        Sweep = prefix + "sweep";
        _final = RunStates.Final.ToDictionary(state => state, state => (RedisKey)(FinalPrefix + state.Name()));
    }

    /// <summary>The partition's number, from 0.</summary>
    public int Index { get; }

    /// <summary>What <see cref="Run"/> puts before the id. A run's channel has the name of its key.</summary>
    public string RunPrefix { get; }

    /// <summary>What <see cref="Stream"/> puts before queue and priority.</summary>
    public string QueuePrefix { get; }

    /// <summary>What <see cref="Final"/> puts before the state.</summary>
    public string FinalPrefix { get; }

    /// <summary>What <see cref="StatsMinute"/> and <see cref="StatsSecond"/> put before the time.</summary>
    public string StatsPrefix { get; }

    /// <summary>Sorted set: ids of scheduled runs by due time in ms. Lives on.</summary>
    public RedisKey Due { get; }

    /// <summary>Sorted set: ids of runs that have a deadline for their start, by that in ms. Members live until then.</summary>
    public RedisKey Expiring { get; }

    /// <summary>Sorted set: ids of the runs that are not final, all with score 0 and so in the order of the ids. Lives on.</summary>
    public RedisKey Active { get; }

    /// <summary>Stream: the durable feed, capped; one entry per batch of transitions.</summary>
    public RedisKey Events { get; }

    /// <summary>Set: the names of the retention streams that hold runs. Lives on.</summary>
    public RedisKey Retained { get; }

    /// <summary>String: which process sweeps; lapses within seconds.</summary>
    public RedisKey SweepLock { get; }

    /// <summary>String: written before Redis is asked what its replicas have; says nothing itself. Lives a minute.</summary>
    public RedisKey Replicated { get; }

    /// <summary>Set: the names of the schedules. Lives on.</summary>
    public RedisKey Schedules { get; }

    /// <summary>Sorted set: the names of schedules that are to tick, by their next tick in ms; neither paused nor ended ones. Lives on.</summary>
    public RedisKey Ticks { get; }

    /// <summary>Channel: the feed, live.</summary>
    public string Feed { get; }

    /// <summary>Channel: what workers must hear of at once, such as cancellations.</summary>
    public string Control { get; }

    /// <summary>Channel: the time in ms of what became the first in <see cref="Due"/>, <see cref="Expiring"/> or <see cref="Ticks"/>.</summary>
    public string Sweep { get; }

    /// <summary>Hash: a run's record and its lifecycle timeline. Lives until retention drops it.</summary>
    public RedisKey Run(RunId id) => RunPrefix + id;

    /// <summary>Channel: a run's events, live, while it is watched.</summary>
    public string RunChannel(RunId id) => RunPrefix + id;

    /// <summary>Stream: a run's progress and log events; exists once there is one, lives as long as the run.</summary>
    public RedisKey Log(RunId id) => $"{_prefix}log:{id}";

    /// <summary>
    /// Hash: notifier replica → how many of its clients watch a run, and until when that holds. Exists while somebody watches, and for
    /// half a minute after the last replica that was killed.
    /// </summary>
    public RedisKey Watchers(RunId id) => $"{_prefix}watchers:{id}";

    /// <summary>Stream with the group <c>fleet</c>: runs that wait in a queue's line or are in flight. Lives on.</summary>
    public RedisKey Stream(string queue, Priority priority) => $"{QueuePrefix}{queue}:{priority.Name()}";

    /// <summary>Sorted set: ids of the runs in a final state, like <see cref="Active"/>: every run is in one of them. Lives on.</summary>
    public RedisKey Final(RunState state) => _final[state];

    /// <summary>Stream: ids of runs that became final together, to be kept this long. Entries live that long, and it as long as it has some.</summary>
    public RedisKey Kept(TimeSpan retention) => $"{_prefix}kept:{(long)retention.TotalSeconds}";

    /// <summary>How long the runs of a retention stream are kept.</summary>
    public TimeSpan Retention(RedisKey kept) => TimeSpan.FromSeconds(long.Parse(kept.ToString().AsSpan((_prefix + "kept:").Length), provider: null));

    /// <summary>String: the run that holds a unique key of a job. Lives as long as the run, or for the rule's time.</summary>
    /// <param name="hash">A hash of job and key, of fixed length.</param>
    public RedisKey Unique(string hash) => $"{_prefix}unique:{hash}";

    /// <summary>String: the run that an Idempotency-Key led to, and the fingerprint of its request. Lives a day.</summary>
    /// <param name="hash">A hash of the header's value, of fixed length.</param>
    public RedisKey Idempotency(string hash) => $"{_prefix}idem:{hash}";

    /// <summary>String: how far one of Fleet's own background runs has come, as JSON. Lives a week after it was last written.</summary>
    public RedisKey Checkpoint(RunId id) => $"{_prefix}checkpoint:{id}";

    /// <summary>Hash: a schedule, what its runs get, and how far it is. Lives until it is deleted.</summary>
    public RedisKey Schedule(string name) => $"{_prefix}schedule:{name}";

    /// <summary>Hash: a minute's counters and duration buckets. Lives 25 hours.</summary>
    public RedisKey StatsMinute(long minute) => $"{StatsPrefix}{minute}";

    /// <summary>Hash: how the runs of each job ended within ten minutes, and how long they took. Lives 25 hours.</summary>
    public RedisKey StatsJobs(long tenMinutes) => $"{StatsPrefix}j:{tenMinutes}";

    /// <summary>Hash: a second's counters. Lives 20 seconds.</summary>
    public RedisKey StatsSecond(long second) => $"{StatsPrefix}s:{second}";
}

/// <summary>The keys that all partitions share.</summary>
public sealed class MetaKeys
{
    internal MetaKeys(string prefix)
    {
        Jobs = prefix + "jobs";
        Queues = prefix + "queues";
        Workers = prefix + "workers";
        Seen = prefix + "seen";
        Paused = prefix + "paused";
        Draining = prefix + "draining";
        Settings = prefix + "settings";
        Changed = prefix + "changed";
    }

    /// <summary>Hash: job name → the job as workers announced it, as JSON. Lives on.</summary>
    public RedisKey Jobs { get; }

    /// <summary>Set: the names of all queues ever used. Lives on.</summary>
    public RedisKey Queues { get; }

    /// <summary>Hash: worker id → the worker, as JSON. An entry lives while the worker is seen.</summary>
    public RedisKey Workers { get; }

    /// <summary>Sorted set: worker ids by when they were last seen, in ms.</summary>
    public RedisKey Seen { get; }

    /// <summary>Set: the names of the queues that are paused. A name stays until the queue is resumed.</summary>
    public RedisKey Paused { get; }

    /// <summary>Set: ids of the workers that were told to take nothing more. An id stays while the worker is seen.</summary>
    public RedisKey Draining { get; }

    /// <summary>Hash: what was fixed when the deployment first started, such as <c>partitions</c>. Lives on.</summary>
    public RedisKey Settings { get; }

    /// <summary>Channel: says that a queue or job came, a queue was paused or resumed, a worker was told to drain.</summary>
    public string Changed { get; }
}
