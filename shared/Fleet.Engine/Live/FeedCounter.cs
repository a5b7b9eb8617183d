using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Engine.Live;

/// <summary>
/// Counts the runs in each state for all who watch the feed: once for the process, after something changed, at most once a second.
/// While nobody watches nothing is read.
/// </summary>
public sealed partial class FeedCounter : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    /// <summary>How often is counted where the feed is silent: it does not tell of runs that retention drops.</summary>
    private static readonly TimeSpan QuietInterval = TimeSpan.FromSeconds(15);

    private readonly FeedListener _feed;
    private readonly StatsReader _stats;
    private readonly TimeProvider _time;
    private readonly ILogger<FeedCounter> _logger;

    internal FeedCounter(FeedListener feed, StatsReader stats, TimeProvider time, ILogger<FeedCounter> logger)
    {
        _feed = feed;
        _stats = stats;
        _time = time;
        _logger = logger;
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        try
        {
            while (true)
            {
                await _feed.Changed.WaitAsync(_feed.Watches > 0 ? QuietInterval : Timeout.InfiniteTimeSpan, stoppingToken);
                // The signal is taken before the counts are read: what changes meanwhile is counted in the next round.
                if (_feed.Watches > 0 && await CountAsync() is { } counts) _feed.Tell(counts);
                await Task.Delay(Interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private async Task<IReadOnlyDictionary<string, long>?> CountAsync()
    {
        try
        {
            return await _stats.CountsAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            // Whoever watches is interrupted when Redis is back, and that is a change.
            LogNotCounted(e.Message);
            return null;
        }
    }

    [LoggerMessage(1221, LogLevel.Warning, "The runs were not counted: {Reason}")]
    private partial void LogNotCounted(string reason);
}
