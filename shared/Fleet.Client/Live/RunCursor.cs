namespace Fleet.Client.Live;

/// <summary>Where a watcher of a run stands in its timeline: hands on each event once and in order, and says what is missing for ever.</summary>
internal sealed class RunCursor(long after)
{
    /// <summary>The last event that was handed on or is missing for ever.</summary>
    public long Seen { get; private set; } = after;

    /// <summary>Takes in the answer to a call that asked for the events after <see cref="Seen"/>.</summary>
    public IEnumerable<RunNews> Begin(RunSnapshot snapshot)
    {
        // A Redis that lost its last writes gives their numbers to other events.
        if (snapshot.Run.Seq < Seen)
        {
            yield return Miss(snapshot.Run.Seq + 1);
            yield break;
        }

        foreach (var item in snapshot.Events)
        {
            if (item.Seq > Seen + 1) yield return Miss(item.Seq);
            if (item.Seq <= Seen) continue;
            Seen = item.Seq;
            yield return new RunNews(item);
        }

        // What was not kept may also be the last there was.
        if (snapshot.Events.Count == 0 && snapshot.Gap && Seen < snapshot.Run.Seq) yield return Miss(snapshot.Run.Seq + 1);
    }

    /// <summary>Takes in an event; false when others are missing before it. Null news are no news.</summary>
    public bool TryTake(RunEvent item, out RunNews? news)
    {
        news = null;
        if (item.Seq > Seen + 1) return false;
        if (item.Seq <= Seen) return true;
        Seen = item.Seq;
        news = new RunNews(item);
        return true;
    }

    private RunNews Miss(long before)
    {
        var gap = new RunGap(Seen, before);
        Seen = before - 1;
        return new RunNews(Gap: gap);
    }
}

/// <summary>What a watcher of a run is told next: one of these.</summary>
/// <param name="Event">An event.</param>
/// <param name="Gap">That some are missing.</param>
/// <param name="Run">The run as it is, when the watch begins or begins anew.</param>
/// <param name="Watchers">How many watch it.</param>
internal sealed record RunNews(RunEvent? Event = null, RunGap? Gap = null, Run? Run = null, int? Watchers = null);
