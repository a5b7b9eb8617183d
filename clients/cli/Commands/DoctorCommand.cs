using System.CommandLine;
using System.Globalization;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet doctor</c>: what is wrong, and what to do about it.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan Skewed = TimeSpan.FromSeconds(2);

    public static Command Create(SessionFactory sessions) => new FleetCommand(
        "doctor",
        "Look at Redis, the clocks, the workers, queues, schedules and runs, and say what is wrong and what to do about it. Exit code 1 where anything is.",
        "fleet doctor")
        .Does(sessions, async (_, session, cancellation) =>
        {
            var asked = session.Host.Time.GetTimestamp();
            var diagnosis = await session.Client.ExamineAsync(cancellation);
            var took = session.Host.Time.GetElapsedTime(asked);
            if (Clock(session.Host.Time.GetUtcNow() - diagnosis.At, took) is { } clock)
                diagnosis = diagnosis with { Healthy = false, Findings = [.. diagnosis.Findings.Append(clock).OrderByDescending(finding => finding.Level)] };
            if (session.Json) JsonText.Document(session.Host, diagnosis);
            else Write(session.Out, diagnosis);
            return diagnosis.Healthy ? ExitCode.Fine : ExitCode.RunFailed;
        });

    /// <summary>This machine's clock against Redis's. How long the question took is how far off the comparison may be.</summary>
    private static Finding? Clock(TimeSpan skew, TimeSpan took) => skew.Duration() <= Skewed + took ? null : new Finding(
        "clock-skew-here", FindingLevel.Warning,
        string.Create(CultureInfo.InvariantCulture, $"This machine's clock is {skew.Duration().TotalSeconds:0.0} s {(skew > TimeSpan.Zero ? "ahead of" : "behind")} Redis's."),
        "Ages and times shown here are off by that much, and --since as well. Set this machine's clock.");

    private static void Write(Screen screen, Diagnosis diagnosis)
    {
        foreach (var finding in diagnosis.Findings)
        {
            var (mark, tint) = finding.Level switch
            {
                FindingLevel.Problem => ("✗", Tint.Bad),
                FindingLevel.Warning => ("!", Tint.Warning),
                FindingLevel.Notice => ("·", Tint.Active),
                _ => ("✓", Tint.Good),
            };
            screen.Write($"{mark} ", tint);
            screen.Line(Printable.Line(finding.Text));
            if (finding.Advice is { } advice) screen.Line($"    {Printable.Line(advice)}", Tint.Faint);
        }

        var wrong = diagnosis.Findings.Count(finding => finding.Level >= FindingLevel.Warning);
        screen.Line();
        screen.Line(wrong == 0 ? "Nothing is wrong." : $"{wrong} {(wrong == 1 ? "thing needs" : "things need")} attention.", wrong == 0 ? Tint.Good : Tint.Warning);
    }
}
