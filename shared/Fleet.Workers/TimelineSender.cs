using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Workers;

/// <summary>Records what all attempts of this worker tell, in batches across attempts.</summary>
internal sealed partial class TimelineSender
{
    private const int MostPerCall = 64;
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly NaturalBatch<AttemptEvents, bool>[] _batches;
    private readonly TimeProvider _time;
    private readonly ILogger<TimelineSender> _logger;

    public TimelineSender(FleetKeys keys, WorkQueue queue, WorkerIdentity identity, TimeProvider time, ILogger<TimelineSender> logger)
    {
        _time = time;
        _logger = logger;
        _batches = [.. keys.Partitions.Select(_ =>
            new NaturalBatch<AttemptEvents, bool>(MostPerCall, batch => queue.AppendAsync(identity.Name, batch)))];
    }

    /// <summary>A writer for one attempt.</summary>
    public TimelineWriter For(Attempt attempt) =>
        new(events => SendAsync(attempt, events), () => attempt.TryEnd(EndReason.Lost), _time);

    /// <summary>Records events, however long Redis is away: what a handler told is not lost while the attempt is ours.</summary>
    private async Task<bool> SendAsync(Attempt attempt, IReadOnlyList<AttemptEvent> events)
    {
        while (true)
        {
            try
            {
                return await _batches[attempt.Run.Line.Partition.Index].AddAsync(new AttemptEvents(attempt.Run, attempt.StartedAt, events));
            }
            catch (Exception e) when (e is RedisException or RedisTimeoutException)
            {
                if (attempt.Reason == EndReason.Lost || attempt.IsConcluded) return false;
                LogKept(events.Count, e.Message);
                await Task.Delay(RetryInterval, _time, CancellationToken.None);
            }
        }
    }

    [LoggerMessage(2101, LogLevel.Debug, "{Count} events wait for Redis: {Reason}")]
    private partial void LogKept(int count, string reason);
}
