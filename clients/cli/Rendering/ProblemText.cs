namespace Fleet.Cli.Rendering;

/// <summary>Shows what Fleet refused, and why.</summary>
internal static class ProblemText
{
    public static void Write(Screen messages, FleetProblem problem)
    {
        messages.Line(Printable.Line(problem.Title), Tint.Bad);
        if (problem.Detail is { Length: > 0 } detail)
        {
            foreach (var line in Printable.Lines(detail)) messages.Line(line);
        }

        foreach (var (field, errors) in problem.Errors ?? new Dictionary<string, string[]>())
        {
            foreach (var error in errors) messages.Line($"  {Printable.Line(field)}: {Printable.Line(error)}");
        }
    }
}
