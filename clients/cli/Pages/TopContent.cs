using System.Text.Json.Serialization;
using Fleet.Client;

namespace Fleet.Cli.Pages;

/// <summary>What <c>fleet top</c> shows, all read at about one moment.</summary>
internal sealed record TopContent
{
    /// <summary>How many runs that run are looked at to find the busiest jobs: a page of the API.</summary>
    private const int MostRunning = 200;

    private const int MostFailures = 50;

    public required DateTimeOffset At { get; init; }

    public required FleetStats Stats { get; init; }

    public required IReadOnlyList<QueueInfo> Queues { get; init; }

    public required IReadOnlyList<WorkerInfo> Workers { get; init; }

    /// <summary>The jobs of the newest runs that run, with how many of these each has.</summary>
    public required IReadOnlyList<BusyJob> Jobs { get; init; }

    /// <summary>The runs that failed, the newest first.</summary>
    public required IReadOnlyList<Run> Failures { get; init; }

    public static async Task<TopContent> ReadAsync(FleetClient client, TimeProvider time, CancellationToken cancellation)
    {
        var stats = client.GetStatsAsync(cancellation);
        var queues = client.ListQueuesAsync(cancellation);
        var workers = client.ListWorkersAsync(cancellation);
        var running = client.ListRunsAsync(new RunQuery { State = RunState.Running, Limit = MostRunning }, cancellation);
        var failed = client.ListRunsAsync(new RunQuery { State = RunState.Failed, Limit = MostFailures }, cancellation);
        await Task.WhenAll(stats, queues, workers, running, failed);
        return new TopContent
        {
            At = time.GetUtcNow(),
            Stats = await stats,
            Queues = [.. (await queues).OrderByDescending(queue => queue.Depth + queue.InFlight).ThenBy(queue => queue.Name, StringComparer.Ordinal)],
            Workers = [.. (await workers).OrderByDescending(worker => worker.Running.Count).ThenBy(worker => worker.Id, StringComparer.Ordinal)],
            Jobs = [.. (await running).Items.CountBy(run => run.Job).Select(job => new BusyJob(job.Key, job.Value)).OrderByDescending(job => job.Running)],
            Failures = [.. (await failed).Items.OrderByDescending(run => run.FinishedAt)],
        };
    }
}

/// <summary>A job and how many of its runs run.</summary>
internal sealed record BusyJob([property: JsonPropertyName("job")] string Job, [property: JsonPropertyName("running")] int Running);
