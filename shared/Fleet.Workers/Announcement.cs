using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Logging;

namespace Fleet.Workers;

/// <summary>
/// What a worker tells the fleet once: its jobs and the queues it needs. It is told again where Redis seems to have lost it, and later
/// where Redis is full, which must not keep a worker from starting that could make room.
/// </summary>
internal sealed partial class Announcement(
    JobCatalogue catalogue, QueueRegistry queues, IReadOnlyList<JobInfo> jobs, IReadOnlyList<string> served, ILogger logger)
{
    private bool _isMade;
    private bool _isRenewed;

    /// <summary>It is to be made again.</summary>
    public void Renew()
    {
        _isRenewed = _isMade;
        _isMade = false;
    }

    /// <summary>Makes it, unless it is made.</summary>
    public async Task MakeAsync()
    {
        if (_isMade) return;
        try
        {
            foreach (var queue in jobs.Select(job => job.Defaults.Queue).Concat(served.Where(queue => queue != "*")).Distinct())
                await queues.EnsureAsync(queue, anew: _isRenewed);
            await catalogue.AnnounceAsync(jobs);
            _isMade = true;
        }
        catch (Exception e) when (RedisFailure.IsFull(e))
        {
            LogPutOff(e.Message);
        }
    }

    [LoggerMessage(2601, LogLevel.Warning, "The fleet is not told of this worker's jobs and queues yet, because Redis is full: {Reason}")]
    private partial void LogPutOff(string reason);
}
