using System.Text.Json;
using Fleet.Faults.History;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.Checking;

/// <summary>A history with what is needed to find one's way in it.</summary>
internal sealed class Evidence
{
    public Evidence(FullHistory history)
    {
        History = history;
        Runs = history.Runs.ToDictionary(story => story.Run.Id);
        Requests = history.Requests.ToDictionary(request => request.Op);
        EffectsOf = history.Effects.ToLookup(effect => effect.Run);
        Done = history.Effects.Where(effect => effect.Phase == EffectPhase.Done).ToDictionary(effect => effect.Execution);
        CallsOf = history.Calls.Where(call => call.Run is not null).ToLookup(call => call.Run!.Value);
        SubmitsOf = history.Calls.Where(call => call.Op is not null).ToLookup(call => call.Op!);
        WatchesOf = history.Watches.ToLookup(watch => watch.Run);
    }

    public FullHistory History { get; }

    /// <summary>What is in Redis.</summary>
    public IReadOnlyDictionary<RunId, RunStory> Runs { get; }

    public IReadOnlyDictionary<string, Request> Requests { get; }

    public ILookup<RunId, Effect> EffectsOf { get; }

    /// <summary>Completed executions, by their names.</summary>
    public IReadOnlyDictionary<string, Effect> Done { get; }

    /// <summary>Calls about a run.</summary>
    public ILookup<RunId, Call> CallsOf { get; }

    /// <summary>Calls that asked for new runs, by request.</summary>
    public ILookup<string, Call> SubmitsOf { get; }

    public ILookup<RunId, WatchStory> WatchesOf { get; }

    /// <summary>What a run was told to do, as Redis has it; null where its input is not the suite's.</summary>
    public static Step? StepOf(Run run)
    {
        try
        {
            return run.Input.Deserialize<Step>(FleetJson.Options);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>What a success says that it is the output of; null where it says nothing.</summary>
    public static StepOutput? OutputOf(RunEvent success)
    {
        try
        {
            return success.Data is { } data && data.TryGetProperty("output", out var output) ? output.Deserialize<StepOutput>(FleetJson.Options) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
