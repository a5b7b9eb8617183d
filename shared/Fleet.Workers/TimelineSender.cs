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
    private readonly WorkQueue _queue;
    private readonly string _worker;
    private readonly TimeProvider _time;
    private readonly ILogger<TimelineSender> _logger;

    public TimelineSender(ExecutorPlan plan, WorkQueue queue, TimeProvider time, ILogger<TimelineSender> logger)
    {
        _queue = queue;
        _worker = plan.Name;
        _time = time;
        _logger = logger;
        _batches = plan.Partitions.ToDictionary(partition => partition, _ =>
            new NaturalBatch<AttemptEvents, bool>(MostPerCall, batch => queue.AppendAsync(plan.Name, batch)));
    }

    /// <summary>A writer for one attempt.</summary>
    public TimelineWriter For(Attempt attempt, Action<Attempt> lost)
    {
        var story = new Story(attempt);
        return new(events => SendAsync(story, events), () => lost(attempt), _time);
    }

    /// <summary>Records events, however long Redis is away: what a handler told is not lost while the attempt is ours.</summary>
    private async Task<bool> SendAsync(Story story, IReadOnlyList<AttemptEvent> events)
    {
        var attempt = story.Attempt;
        for (var alone = false; ;)
        {
            try
            {
                var told = new AttemptEvents(attempt.Run, attempt.StartedAt, story.Dropped == 0 ? events : [Dropped(story.Dropped), .. events]);
                var isOurs = alone
                    ? (await _queue.AppendAsync(_worker, [told]))[0]
                    : await _batches[attempt.Run.Line.Partition].AddAsync(told);
                story.Dropped = 0;
                return isOurs;
            }
            catch (Exception e) when (RedisFailure.IsFull(e))
            {
                // A run that only ends once there is room for its log would keep what it holds; so it goes on without.
                if (story.Dropped == 0) LogFull(attempt.Run.Id, e.Message);
                story.Dropped += events.Count(told => told.Type == EventType.Log);
                return true;
            }
            catch (Exception e) when (RedisFailure.IsForGood(e) && !alone)
            {
                // Another attempt of the batch may be to blame.
                alone = true;
            }
            catch (Exception e) when (RedisFailure.Is(e) && !RedisFailure.IsForGood(e))
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

    private static AttemptEvent Dropped(long count) => new(EventType.Log,
        $$"""{"line":"{{count}} lines were dropped here: Redis was full.","stream":"fleet","dropped":{{count}}}""");

    [LoggerMessage(2101, LogLevel.Debug, "{Count} events wait for Redis: {Reason}")]
    private partial void LogKept(int count, string reason);

    [LoggerMessage(2102, LogLevel.Error, "{Count} events of run {Run} could not be recorded")]
    private partial void LogDropped(int count, RunId run, Exception exception);

    [LoggerMessage(2103, LogLevel.Warning, "What run {Run} tells is dropped until there is room, because Redis is full: {Reason}")]
    private partial void LogFull(RunId run, string reason);

    /// <summary>What an attempt told so far, as far as it matters for what comes.</summary>
    private sealed class Story(Attempt attempt)
    {
        public Attempt Attempt { get; } = attempt;

        /// <summary>How many lines were dropped since the last ones that were recorded.</summary>
        public long Dropped { get; set; }
    }
}
