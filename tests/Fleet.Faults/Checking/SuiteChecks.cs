using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What must hold of the processes, and of the suite itself, which must not pass by doing nothing.</summary>
internal static class SuiteChecks
{
    private static readonly TimeSpan LongEnoughToLose = TimeSpan.FromMinutes(1);

    public static IEnumerable<Objection> DidItsWork(Evidence evidence)
    {
        var history = evidence.History;
        var intent = history.Intent;
        var struck = history.Faults.Count(fault => fault.Struck);
        var accepted = history.Calls.Where(call => call.Kind == CallKind.Submit && call.IsDone).SelectMany(call => call.Told).Select(told => told.Id).Distinct().Count();
        // Kills may meet a process that is down already, and while Redis is away nothing is accepted.
        if (struck < intent.Faults * 0.7) yield return new Objection(null, $"{struck} of {intent.Faults} planned faults came to pass.");
        if (accepted < intent.Runs * 0.6) yield return new Objection(null, $"{accepted} of {intent.Runs} planned runs were accepted.");
        if (intent.Storm < LongEnoughToLose) yield break;
        if (!history.Runs.Any(story => story.Events.Any(e => e.Type == EventType.Recovered)))
            yield return new Objection(null, "No run was ever taken away from a worker, so nothing was tested.");
        if (!history.Watches.Any(watch => watch.Interruptions > 0))
            yield return new Objection(null, "No watch was ever interrupted, so nothing was tested.");
    }

    public static IEnumerable<Objection> ProcessesStay(Evidence evidence)
    {
        foreach (var complaint in evidence.History.Complaints) yield return new Objection(null, complaint.Text);
        // One that never was ready did not find Redis when it started, says so and ends, for its orchestrator to try again.
        foreach (var end in evidence.History.Processes.Where(end => end.WasReady))
        {
            if (end.Wish == EndWish.None) yield return new Objection(null, $"{end.Name} (life {end.Life}) ended by itself with code {end.Code} at {end.At:HH:mm:ss.fff}.");
            else if (end.Overdue) yield return new Objection(null, $"{end.Name} (life {end.Life}) did not end when it was asked to.");
            else if (end.Wish == EndWish.Asked && end.Code != 0) yield return new Objection(null, $"{end.Name} (life {end.Life}) ended with code {end.Code} when it was asked to, at {end.At:HH:mm:ss.fff}.");
        }
    }
}
