using Fleet.Engine.Redis;

namespace Fleet.Workers;

/// <summary>The loop's second step where Redis refuses a report for good: that report must not hold up the others.</summary>
internal sealed partial class WorkerLoop
{
    /// <summary>Sends each report on its own. One that is refused for good is given up: its lease lapses as any other, and somebody is told.</summary>
    private async Task ReportEachAsync()
    {
        while (_unreported.Count > 0)
        {
            var report = _unreported[0];
            try
            {
                var recorded = await queue.FinishAsync(worker, [report]);
                if (!recorded[0] && _sentBefore == 0) Refused(report);
            }
            catch (Exception e) when (RedisFailure.IsForGood(e))
            {
                WorkerMetrics.Unrecorded.Add(1);
                LogUnrecorded(report.Run.Id, report.Run.Attempt, report.Outcome, e.Message);
            }

            held.Remove(report.Run);
            _unreported.RemoveAt(0);
            if (_sentBefore > 0) _sentBefore--;
        }
    }
}
