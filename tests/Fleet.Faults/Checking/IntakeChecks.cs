using System.Text.Json;
using Fleet.Faults.History;

namespace Fleet.Faults.Checking;

/// <summary>What must hold of runs that were asked for.</summary>
internal static class IntakeChecks
{
    public static IEnumerable<Objection> Final(Evidence evidence)
    {
        foreach (var id in evidence.History.Calls.Where(call => call.Kind == CallKind.Submit && call.IsDone).SelectMany(call => call.Told).Select(told => told.Id).Distinct())
        {
            if (!evidence.Runs.ContainsKey(id)) yield return new Objection(id, "It was accepted, and is lost.");
        }

        // Those too of which the client never heard, because the answer was lost: what exists must end.
        foreach (var (run, _, _) in evidence.History.Runs.Where(story => !story.Run.State.IsFinal()))
            yield return new Objection(run.Id, $"It is {run.State.Name()} for ever.");
    }

    public static IEnumerable<Objection> Once(Evidence evidence)
    {
        var made = evidence.History.Runs.Where(story => story.Run.Schedule is null).ToLookup(story => PlaceOf(story.Run), story => story.Run);
        foreach (var request in evidence.History.Requests)
        {
            var answers = evidence.SubmitsOf[request.Op].Where(call => call.IsDone).ToList();
            if (request.Keyed && answers.Count == 0)
                yield return new Objection(null, $"{request.Op} has a key and was sent until long after the last fault, and was never accepted.");
            for (var index = 0; index < request.Steps.Count; index++)
            {
                foreach (var objection in OnceOf(request, index, answers, [.. made[(request.Op, index)]])) yield return objection;
            }
        }

        foreach (var run in made.Where(place => place.Key.Op is null || !evidence.Requests.ContainsKey(place.Key.Op)).SelectMany(runs => runs))
            yield return new Objection(run.Id, "Nobody asked for it.");
    }

    private static IEnumerable<Objection> OnceOf(Request request, int index, List<Call> answers, List<Run> made)
    {
        var told = answers.Where(call => call.Told.Count > index).Select(call => call.Told[index].Id).Distinct().ToList();
        if (answers.Any(call => call.Told.Count != request.Steps.Count))
            yield return new Objection(null, $"An answer to {request.Op} tells of {answers[0].Told.Count} runs; it asked for {request.Steps.Count}.");
        if (told.Count > 1)
            yield return new Objection(told[0], $"{request.Op} was answered with {told.Count} runs for its run {index}: {string.Join(", ", told)}.");
        if (made.Count > 1)
            yield return new Objection(made[0].Id, $"{request.Op} led to {made.Count} runs for its run {index}: {string.Join(", ", made.Select(run => run.Id))}.");
        if (told.Count == 1 && made.Count == 1 && told[0] != made[0].Id)
            yield return new Objection(made[0].Id, $"{request.Op} was answered with {told[0]} for its run {index}; Redis has this one.");
        if (made.Count > 0 && !JsonElement.DeepEquals(made[0].Input, JsonSerializer.SerializeToElement(request.Steps[index], FleetJson.Options)))
            yield return new Objection(made[0].Id, $"Its input is not what {request.Op} gave.");
    }

    private static (string? Op, int Index) PlaceOf(Run run) => Evidence.StepOf(run) is { } step ? (step.Op, step.Index) : (null, 0);
}
