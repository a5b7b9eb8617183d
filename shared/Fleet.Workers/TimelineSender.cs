using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers;

/// <summary>Records what all attempts of an executor tell, in batches across attempts.</summary>
internal sealed partial class TimelineSender
{
    private const int MostPerCall = 64;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly Dictionary<PartitionKeys, NaturalBatch<AttemptEvents, bool>> _batches;
    private readonly TimeProvider _time;
    private readonly ILogger<TimelineSender> _logger;

    public TimelineSender(ExecutorPlan plan, WorkQueue queue, TimeProvider time, ILogger<TimelineSender> logger)
    {
        _time = time;
        _logger = logger;
        _batches = plan.Partitions.ToDictionary(partition => partition, _ =>
            new NaturalBatch<AttemptEvents, bool>(MostPerCall, batch => queue.AppendAsync(plan.Name, batch)));
    }

    /// <summary>A writer for one attempt.</summary>
    public TimelineWriter For(Attempt attempt, Action<Attempt> lost) =>
        new(events => SendAsync(attempt, events), () => lost(attempt), _time);

    /// <summary>Records events, however long Redis is away: what a handler told is not lost while the attempt is ours.</summary>
    private async Task<bool> SendAsync(Attempt attempt, IReadOnlyList<AttemptEvent> events)
    {
        while (true)
        {
            try
            {
                return await _batches[attempt.Run.Line.Partition].AddAsync(new AttemptEvents(attempt.Run, attempt.StartedAt, events));
            }
            catch (Exception e) when (RedisFailure.Is(e))
            {
                if (attempt.Reason == EndReason.Lost || attempt.IsConcluded) return false;
                LogKept(events.Count, e.Message);
                await Task.Delay(RetryInterval, _time, CancellationToken.None);
            }
#pragma warning disable CA1031 // What a handler tells is an observer of its result: what goes wrong with it must not change how the run ends.
            catch (Exception e)
#pragma warning restore CA1031
            {
                LogDropped(events.Count, attempt.Run.Id, e);
                return true;
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Debug, "{Count} events wait for Redis: {Reason}")]
    private partial void LogKept(int count, string reason);

    [LoggerMessage(2102, LogLevel.Error, "{Count} events of run {Run} could not be recorded")]
    private partial void LogDropped(int count, RunId run, Exception exception);
}
