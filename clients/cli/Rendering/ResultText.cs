using System.Text.Json;
using Fleet.Cli.Watching;

namespace Fleet.Cli.Rendering;

/// <summary>Shows what came of a run: its output, or why there is none.</summary>
internal static class ResultText
{
    public static void Write(Screen output, Screen messages, WatchedRun run) => Write(output, messages, run.Id, run.Output, run.Error);

    public static void Write(Screen output, Screen messages, Run run) => Write(output, messages, run.Id, run.Output, run.Error);

    private static void Write(Screen screen, Screen messages, RunId id, JsonElement? output, RunError? error)
    {
        if (output is { } value)
        {
            foreach (var line in Printable.Lines(JsonText.Pretty(value))) screen.Line(line);
        }

        if (error is null) return;
        messages.Line(RunText.Summary(error), Tint.Bad);
        // Most often a stack: for whoever looks into it, not for everybody.
        if (error.Detail is { Length: > 0 }) messages.Line($"More: ./fleet show {id}", Tint.Faint);
    }
}
