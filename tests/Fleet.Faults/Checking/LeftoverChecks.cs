namespace Fleet.Faults.Checking;

/// <summary>What must be gone from Redis when every run is final.</summary>
internal static class LeftoverChecks
{
    public static IEnumerable<Objection> Nothing(Evidence evidence)
    {
        var left = evidence.History.Leftovers;
        foreach (var id in left.Due) yield return new Objection(Read(id), $"{id} still waits for its time.");
        foreach (var id in left.Active) yield return new Objection(Read(id), $"{id} is listed as not final.");
        foreach (var stream in left.Streams)
        {
            if (stream.Pending > 0) yield return new Objection(null, $"{stream.Key} has {stream.Pending} entries pending.");
            if (stream.Length > 0) yield return new Objection(null, $"{stream.Key} has {stream.Length} entries.");
        }

        foreach (var (run, _, listings) in evidence.History.Runs)
        {
            if (listings is not [var listing] || listing != run.State.Name())
                yield return new Objection(run.Id, $"It is {run.State.Name()} and listed as {(listings.Count == 0 ? "nothing" : string.Join(" and ", listings))}.");
        }
    }

    private static RunId? Read(string id) => RunId.TryParse(id, out var run) ? run : null;
}
