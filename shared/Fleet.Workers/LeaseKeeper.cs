using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Renews the lease on every run that an executor holds, and learns which of them are lost or were cancelled unheard.</summary>
internal sealed partial class LeaseKeeper(
    WorkQueue queue,
    HeldRuns held,
    string worker,
    IOptions<FleetOptions> options,
    TimeProvider time,
    ILogger<LeaseKeeper> logger)
{
    private const int MostPerCall = 256;

    /// <summary>Renews every third of the lease until <paramref name="cancellation"/>, calling <paramref name="heed"/> with how runs stand.</summary>
    public async Task RunAsync(Action<TakenRun, AttemptStanding> heed, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(options.Value.Lease / 3, time);
        do
        {
            try
            {
                await RenewAsync(heed);
            }
#pragma warning disable CA1031 // A worker whose leases nobody renews loses all it does, so whatever went wrong is tried again.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogNotRenewed(held.Count, e.Message);
            }
        }
        while (await WaitAsync(timer, cancellation));
    }

    private async Task RenewAsync(Action<TakenRun, AttemptStanding> heed)
    {
        // Younger ones have most of their lease before them.
        var due = held.All.Where(attempt => time.GetElapsedTime(attempt.StartedAt) > options.Value.Lease / 6).ToList();
        foreach (var line in due.GroupBy(attempt => attempt.Run.Line).SelectMany(line => line.Chunk(MostPerCall)))
        {
            try
            {
                await RenewAsync(line, heed);
            }
            catch (Exception e) when (RedisFailure.IsForGood(e))
            {
                // Somebody's record cannot be read. That must not cost the others their leases.
                LogNotRenewed(line.Length, e.Message);
            }
        }
    }

    private async Task RenewAsync(Attempt[] line, Action<TakenRun, AttemptStanding> heed)
    {
        foreach (var lost in await queue.RenewAsync(worker, [.. line.Select(attempt => attempt.Run)]))
            heed(lost, AttemptStanding.Lost);

        // Telling of their start once more does nothing but answer how they stand: a cancellation may have gone unheard.
        var going = line.Where(attempt => !attempt.IsConcluded).Select(attempt => (attempt.Run, attempt.StartedAt)).ToList();
        if (going.Count == 0) return;
        var standings = await queue.StartAsync(worker, going);
        for (var i = 0; i < going.Count; i++) heed(going[i].Run, standings[i]);
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    [LoggerMessage(2401, LogLevel.Warning, "The lease of {Count} runs was not renewed: {Reason}")]
    private partial void LogNotRenewed(int count, string reason);
}
