using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli.Watching;

/// <summary>A list of runs as a stream: each run when it appears, and again whenever it has moved on.</summary>
internal sealed class RunListStream(Session session, TimeSpan interval, Func<CancellationToken, Task<Page<Run>>> readAsync)
{
    private readonly InterruptionNotice _notice = new(session.Messages);
    private Dictionary<RunId, long> _seen = [];

    /// <summary>Writes a line a change until it is stopped.</summary>
    public async Task<int> FollowAsync(CancellationToken cancellation)
    {
        var runs = await readAsync(cancellation);
        while (true)
        {
            // The oldest first, as the next changes will be.
            foreach (var run in runs.Items.Reverse().Where(run => _seen.GetValueOrDefault(run.Id, -1) != run.Seq)) Write(run);
            _seen = runs.Items.ToDictionary(run => run.Id, run => run.Seq);
            await Task.Delay(interval, session.Host.Time, cancellation);
            runs = await AgainAsync(runs, cancellation);
        }
    }

    private async Task<Page<Run>> AgainAsync(Page<Run> before, CancellationToken cancellation)
    {
        try
        {
            var runs = await readAsync(cancellation);
            _notice.Restored();
            return runs;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or FleetApiException { Status: >= 500 })
        {
            _notice.Interrupted(new WatchInterruption(1, interval, e));
            return before;
        }
    }

    private void Write(Run run)
    {
        if (session.Json) JsonText.Line(session.Host, run);
        else session.Out.Line($"{run.Id}  {run.State.Name(),-9}  {run.Job}  {run.Queue}  {run.Attempt}/{run.MaxAttempts}");
        session.Out.Flush();
    }
}
