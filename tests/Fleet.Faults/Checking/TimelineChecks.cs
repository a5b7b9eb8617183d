using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What must hold of every timeline, whatever the run.</summary>
internal static class TimelineChecks
{
    public static IEnumerable<Objection> Gapless(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            for (var i = 0; i < events.Count; i++)
            {
                if (events[i].Seq == i + 1) continue;
                yield return new Objection(run.Id, $"Event {i + 1} of the timeline is numbered {events[i].Seq}.");
                break;
            }

            if (events.Count == 0 || events[^1].Seq != run.Seq)
                yield return new Objection(run.Id, $"The record says that the newest event is {run.Seq}; the timeline ends with {(events.Count == 0 ? 0 : events[^1].Seq)}.");
        }
    }

    public static IEnumerable<Objection> Legal(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            var replay = new Replay();
            var wrong = events.Select(replay.Next).OfType<string>().ToList();
            if (wrong.Count > 0) yield return new Objection(run.Id, $"{wrong[0]}.");
            else if (replay.State != run.State || replay.Attempt != run.Attempt)
                yield return new Objection(run.Id, $"The record says {run.State.Name()} with attempt {run.Attempt}; the timeline leads to {replay.State.Name()} with attempt {replay.Attempt}.");
        }
    }

    public static IEnumerable<Objection> OneEnd(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            var life = 1;
            foreach (var ends in Lives(events).Select(events => events.Where(e => e.Type.IsFinal()).ToList()))
            {
                if (ends.Count != 1)
                    yield return new Objection(run.Id, $"Life {life} has {ends.Count} final transitions{string.Concat(ends.Select(e => $", #{e.Seq} {e.Type.Name()}"))}.");
                life++;
            }
        }
    }

    public static IEnumerable<Objection> LivesAsked(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            var again = events.Count(Replay.IsRebirth);
            var asked = evidence.CallsOf[run.Id].Where(call => call.Kind == CallKind.Retry).ToList();
            var granted = asked.Count(call => call.IsDone);
            // An answer that was lost leaves open whether the run lives again.
            var open = asked.Count(call => call.Status is 0 or >= 500);
            if (again < granted || again > granted + open)
                yield return new Objection(run.Id, $"It began {again} more lives; {granted} were granted, and {open} calls that asked for one were not answered.");
        }
    }

    public static IEnumerable<Objection> AttemptsGrow(Evidence evidence)
    {
        foreach (var (run, events, _) in evidence.History.Runs)
        {
            var newest = 0;
            var uncounted = false;
            foreach (var e in events)
            {
                uncounted |= Replay.IsUncounted(e);
                if (e.Type != EventType.Started) continue;
                if (e.Attempt < newest || (e.Attempt == newest && !uncounted))
                    yield return new Objection(run.Id, $"#{e.Seq} starts attempt {e.Attempt} after attempt {newest}.");
                newest = e.Attempt;
                uncounted = false;
            }
        }
    }

    /// <summary>A timeline, cut where an explicit retry begins another life.</summary>
    private static List<List<RunEvent>> Lives(IReadOnlyList<RunEvent> events)
    {
        List<List<RunEvent>> lives = [[]];
        foreach (var e in events)
        {
            if (Replay.IsRebirth(e)) lives.Add([]);
            lives[^1].Add(e);
        }

        return lives;
    }
}
