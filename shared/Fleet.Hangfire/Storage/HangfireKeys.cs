using Fleet.Engine;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire.Storage;

/// <summary>
/// Every key of the picture: those of Hangfire.Redis.StackExchange, and the projector's own, which begin with <c>fleet:</c> after the prefix.
/// No key is built anywhere else, but in the scripts, from the prefix.
/// </summary>
/// <param name="prefix">What every key starts with.</param>
internal sealed class HangfireKeys(string prefix)
{
    public HangfireKeys(IOptions<HangfireOptions> options, IOptions<FleetOptions> fleet)
        : this(options.Value.PrefixOf(fleet.Value))
    {
    }

    /// <summary>What every key starts with.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Set: the names of all queues ever used.</summary>
    public string Queues { get; } = prefix + "queues";

    /// <summary>Sorted set: running runs by when they started, in s.</summary>
    public string Processing { get; } = prefix + "processing";

    /// <summary>Sorted set: scheduled runs, with their queue and a colon before them where the job names one, by when they are due, in s.</summary>
    public string Schedule { get; } = prefix + "schedule";

    /// <summary>Sorted set: the newest failed runs by when they failed, in s.</summary>
    public string Failed { get; } = prefix + "failed";

    /// <summary>List: the newest succeeded runs, newest first.</summary>
    public string Succeeded { get; } = prefix + "succeeded";

    /// <summary>List: the newest runs that were cancelled, expired or skipped, newest first.</summary>
    public string Deleted { get; } = prefix + "deleted";

    /// <summary>Sorted set: scheduled runs that are to be retried, all with score 0.</summary>
    public string Retries { get; } = prefix + "retries";

    /// <summary>Set: the ids of the servers, which are Fleet's workers.</summary>
    public string Servers { get; } = prefix + "servers";

    /// <summary>Sorted set: recurring jobs by their next execution in s, or -1.</summary>
    public string RecurringJobs { get; } = prefix + "recurring-jobs";

    /// <summary>Channel: says that a queue has something to fetch. A dashboard's buttons publish on it.</summary>
    public string FetchChannel { get; } = prefix + "JobFetchChannel";

    /// <summary>String: who keeps the picture. Lives <see cref="HangfireOptions.Lease"/> after the last write.</summary>
    public string Lease { get; } = prefix + "fleet:lease";

    /// <summary>Hash: whose picture it is, how far each partition's feed is shown, and the counters as they are by that.</summary>
    public string Progress { get; } = prefix + "fleet:progress";

    /// <summary>Hash: each run that is shown, and how.</summary>
    public string Runs { get; } = prefix + "fleet:runs";

    /// <summary>Hash: each schedule that is shown, and when it was created, in ms.</summary>
    public string Schedules { get; } = prefix + "fleet:schedules";

    /// <summary>Hash: a job. Lives on, or a day after it became final.</summary>
    public string Job(string id) => $"{Prefix}job:{id}";

    /// <summary>Hash: the data of a job's current state. Lives as long as the job.</summary>
    public string State(string id) => $"{Prefix}job:{id}:state";

    /// <summary>List: the states a job has been in, oldest first. Lives as long as the job.</summary>
    public string History(string id) => $"{Prefix}job:{id}:history";

    /// <summary>List: the waiting jobs of a queue; workers would take them from the right.</summary>
    public string Queue(string queue) => $"{Prefix}queue:{queue}";

    /// <summary>Hash: a server.</summary>
    public string Server(string id) => $"{Prefix}server:{id}";

    /// <summary>List: the queues that a server serves.</summary>
    public string ServerQueues(string id) => $"{Prefix}server:{id}:queues";

    /// <summary>Hash: a recurring job.</summary>
    public string RecurringJob(string id) => $"{Prefix}recurring-job:{id}";

    /// <summary>String: a counter, such as <c>succeeded</c>, or of a day or an hour, <c>succeeded:2026-01-31-09</c>.</summary>
    public string Counter(string name) => $"{Prefix}stats:{name}";
}
