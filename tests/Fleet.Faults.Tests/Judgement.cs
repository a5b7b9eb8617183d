using Fleet.Faults.Checking;
using Fleet.Faults.History;

namespace Fleet.Faults.Tests;

/// <summary>What the checker makes of a history.</summary>
internal static class Judgement
{
    /// <summary>This promise is broken, and where a run is given it is one of those objected to.</summary>
    public static void Objects(string promise, RunId? run, FullHistory broken)
    {
        var verdict = Assert.Single(Broken(broken), verdict => verdict.Promise.Name == promise);
        if (run is not null) Assert.Contains(verdict.Objections, objection => objection.Run == run);
    }

    /// <summary>The promises that a history breaks.</summary>
    public static List<Verdict> Broken(FullHistory history) => [.. Verdict.Of(new Evidence(history)).Where(verdict => !verdict.IsKept)];
}
