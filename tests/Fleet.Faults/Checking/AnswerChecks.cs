using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What the API may answer, and what must then be true.</summary>
internal static class AnswerChecks
{
    private const int Conflict = 409;
    private const int Unavailable = 503;

    public static IEnumerable<Objection> True(Evidence evidence)
    {
        foreach (var call in evidence.History.Calls)
        {
            if (!MayBe(call))
            {
                yield return new Objection(call.Run, $"{call.Api} answered {call.Kind.ToString().ToLowerInvariant()} {call.Op} with {call.Status}: {call.Note}");
                continue;
            }

            foreach (var told in call.Told.Where(told => told.State is not null))
            {
                if (Contradiction(evidence, told) is { } contradiction)
                    yield return new Objection(told.Id, $"{call.Api} answered {call.Kind.ToString().ToLowerInvariant()} with {told.State!.Value.Name()}, event {told.Seq}, attempt {told.Attempt}; {contradiction}.");
            }
        }
    }

    /// <summary>Silence and 503 are always possible here; a conflict only where there is something to change.</summary>
    private static bool MayBe(Call call) => call.IsDone || call.Status is 0 or Unavailable || (call.Status == Conflict && call.Kind is CallKind.Cancel or CallKind.Retry);

    private static string? Contradiction(Evidence evidence, Told told)
    {
        // A lost run is another promise's.
        if (!evidence.Runs.TryGetValue(told.Id, out var story)) return null;
        if (story.Events.Count < told.Seq) return $"its timeline has only {story.Events.Count} events";
        var replay = new Replay();
        foreach (var e in story.Events.TakeWhile(e => e.Seq <= told.Seq)) replay.Next(e);
        return replay.State == told.State && replay.Attempt == told.Attempt
            ? null
            : $"its timeline says {replay.State.Name()}, attempt {replay.Attempt} there";
    }
}
