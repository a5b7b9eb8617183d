using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>Tells what a history says: the promises, the story of what broke, the figures.</summary>
internal static class Report
{
    private const int MostObjections = 5;

    /// <summary>Writes the report. True when every promise was kept.</summary>
    public static (int Kept, int Broken) Write(FullHistory history, TextWriter to)
    {
        var evidence = new Evidence(history);
        var verdicts = Verdict.Of(evidence);
        foreach (var verdict in verdicts)
        {
            to.WriteLine(verdict.IsKept ? $"kept    {verdict.Promise.Name}" : $"BROKEN  {verdict.Promise.Name} ({verdict.Objections.Count} times)");
            foreach (var objection in verdict.Objections.Take(MostObjections)) to.WriteLine($"        {objection.Text}{(objection.Run is { } run ? $" [{run}]" : "")}");
            foreach (var line in Story.Shortest(evidence, verdict.Objections)) to.WriteLine($"        {line}");
        }

        to.WriteLine();
        foreach (var (what, much) in Figures.Of(evidence)) to.WriteLine($"{what,-46} {much}");
        to.WriteLine();
        return (verdicts.Count(verdict => verdict.IsKept), verdicts.Count(verdict => !verdict.IsKept));
    }
}
