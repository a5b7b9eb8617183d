using System.Globalization;
using System.Text.Json;
using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>Everything that is known of one run, in the order of time: what broke it is then mostly to be seen.</summary>
internal static class Story
{
    private const int LongestText = 200;
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(1);

    /// <summary>Of the runs that objections are about, the one with the shortest story, a line each; empty where they are about none.</summary>
    public static IReadOnlyList<string> Shortest(Evidence evidence, IReadOnlyList<Objection> objections) =>
        objections.Select(objection => objection.Run).OfType<RunId>().Distinct()
            .Select(run => Of(evidence, run))
            .MinBy(lines => lines.Count) ?? [];

    /// <summary>The story of a run.</summary>
    public static IReadOnlyList<string> Of(Evidence evidence, RunId run)
    {
        var told = OfCallsAndWatches(evidence, run).Concat(OfTimeline(evidence, run)).Concat(OfEffects(evidence, run)).ToList();
        if (told.Count == 0) return [$"Nothing is known of run {run}."];
        var (from, to) = (told.Min(line => line.At) - Near, told.Max(line => line.At) + Near);
        var faults = evidence.History.Faults.Where(fault => fault.Struck && fault.From <= to && fault.To >= from)
            .Select(fault => new Line(fault.From, "fault", $"{fault.Name} for {(fault.To - fault.From).TotalSeconds:0.0} s"));
        var ends = evidence.History.Processes.Where(end => end.At >= from && end.At <= to)
            .Select(end => new Line(end.At, "process", $"{end.Name} (life {end.Life}) ended with code {end.Code}"));
        var began = evidence.History.Intent.Began;
        return
        [
            $"Run {run}{(evidence.Runs.TryGetValue(run, out var story) ? $", {story.Run.State.Name()}, input {Short(story.Run.Input.GetRawText())}" : ", which Redis does not have")}:",
            .. told.Concat(faults).Concat(ends).OrderBy(line => line.At)
                .Select(line => string.Create(CultureInfo.InvariantCulture, $"  {(line.At - began).TotalSeconds,9:0.000}  {line.Source,-9} {line.Text}")),
        ];
    }

    private static IEnumerable<Line> OfTimeline(Evidence evidence, RunId run) =>
        evidence.Runs.TryGetValue(run, out var story)
            ? story.Events.Select(e => new Line(e.At, "timeline", $"#{e.Seq} {e.Type.Name()}, attempt {e.Attempt}{(e.Data is { } data ? $" {Short(data.GetRawText())}" : "")}"))
            : [];

    private static IEnumerable<Line> OfEffects(Evidence evidence, RunId run) => evidence.EffectsOf[run]
        .Select(effect => new Line(effect.At, "handler", $"{effect.Execution}, attempt {effect.Attempt}: {effect.Phase.ToString().ToLowerInvariant()}"));

    private static IEnumerable<Line> OfCallsAndWatches(Evidence evidence, RunId run)
    {
        var ops = evidence.History.Calls.Where(call => call.Kind == CallKind.Submit && call.Told.Any(told => told.Id == run)).Select(call => call.Op!).ToHashSet();
        if (evidence.Runs.TryGetValue(run, out var story) && Evidence.StepOf(story.Run) is { } step) ops.Add(step.Op);
        foreach (var call in evidence.CallsOf[run].Concat(ops.SelectMany(op => evidence.SubmitsOf[op])))
        {
            var answer = call.Status == 0 ? "no answer" : call.Status.ToString(CultureInfo.InvariantCulture);
            yield return new Line(call.At, "client", $"{call.Kind.ToString().ToLowerInvariant()} {(call.Op is null ? "" : call.Op + " ")}at {call.Api}: {answer} after {call.Ms:0} ms{(call.Note is { } note ? $", {Short(note)}" : "")}");
        }

        foreach (var watch in evidence.WatchesOf[run])
        {
            yield return new Line(watch.From, "watch", $"began by {watch.Via}");
            yield return new Line(watch.To, "watch", $"ended ({watch.Error ?? "the run did"}), {watch.Interruptions} interruptions, saw {string.Join(' ', watch.Events.Select(e => $"#{e.Seq}"))}");
        }
    }

    private static string Short(string text)
    {
        // Texts of handlers' errors have several lines.
        text = JsonEncodedText.Encode(text, System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString().Replace("\\\"", "\"", StringComparison.Ordinal);
        return text.Length <= LongestText ? text : text[..LongestText] + "…";
    }

    private sealed record Line(DateTimeOffset At, string Source, string Text);
}
