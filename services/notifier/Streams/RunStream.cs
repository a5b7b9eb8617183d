using System.Globalization;
using Fleet.Engine.Hosting;
using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Notifier.Departure;

namespace Fleet.Notifier.Streams;

/// <summary>A run's timeline as server-sent events (contract: GET /v1/runs/{id}/stream).</summary>
internal sealed class RunStream(RunWatcher runs, Attendance attendance, RedisConnection redis, Departures departures)
{
    private const string LastEventId = "Last-Event-ID";

    public async Task ServeAsync(HttpContext context, string id)
    {
        var after = ReadAfter(context.Request);
        var watch = RunId.TryParse(id, out var runId) ? await redis.WhileAnsweringAsync(runs.WatchAsync(runId, after)) : null;
        if (watch is null)
        {
            await new ProblemResult(FleetProblems.UnknownRun(id)).ExecuteAsync(context);
            return;
        }

        using var attendant = attendance.Join(watch.Id);
        await using (watch) await StreamAsync(context, watch, after);
    }

    private async Task StreamAsync(HttpContext context, RunWatch watch, long after)
    {
        var (run, events, gap) = watch.Snapshot;
        if (events.Count == 0 && run.State.IsFinal())
        {
            // There is nothing left to say, and no content is what stops an EventSource from asking again.
            context.Response.StatusCode = StatusCodes.Status204NoContent;
            return;
        }

        using var over = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted);
        using var departure = departures.Join(over.Cancel);
        var stream = new EventWriter(context);
        var seen = after;
        var more = Write(new WatchUpdate(events, gap));
        if (!await stream.FlushAsync(over.Token) || !more) return;
        await stream.SendAsync(watch.ReadAsync(over.Token), update => ValueTask.FromResult(Write(update)), over.Token);
        if (departures.HaveBegun) await stream.SayGoodbyeAsync();

        // False when the run is final and its last event is written.
        bool Write(WatchUpdate update)
        {
            // Without an id of its own, so that a reader who comes back still names the last event.
            if (update.Gap) stream.Event("gap", new TimelineGap(seen));
            foreach (var news in update.Events) stream.Event(news.Type.Name(), news, news.Seq);
            if (update.Events.Count == 0) return true;
            seen = update.Events[^1].Seq;
            // A final event in the middle of a timeline is one that an explicit retry followed.
            return !update.Events[^1].Type.IsFinal() || seen < run.Seq;
        }
    }

    /// <summary>After which event to begin: a reader that comes back says so in a header, whatever the address it first came with says.</summary>
    /// <exception cref="ProblemException">That is no number of an event.</exception>
    private static long ReadAfter(HttpRequest request)
    {
        var header = request.Headers[LastEventId].ToString();
        var (name, value) = header.Length > 0 ? (LastEventId, header) : ("after", request.Query["after"].ToString());
        if (value.Length == 0) return 0;
        return long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var after)
            ? after
            : throw new ProblemException(FleetProblems.InvalidInput(new Dictionary<string, string[]> { [name] = [Words.MustBeSequence] }));
    }
}

/// <summary>Says that events are missing from a stream because they are no longer kept.</summary>
/// <param name="After">The number of the event that they followed.</param>
internal sealed record TimelineGap(long After);
