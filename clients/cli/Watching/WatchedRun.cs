using System.Text.Json;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Watching;

/// <summary>A run that is watched, as its events so far have it.</summary>
internal sealed class WatchedRun(RunId id, string job)
{
    private DateTimeOffset? _started;
    private DateTimeOffset? _ended;

    public RunId Id { get; } = id;

    public string Job { get; } = job;

    public RunState State { get; private set; } = RunState.Queued;

    public RunProgress? Progress { get; private set; }

    public JsonElement? Output { get; private set; }

    public RunError? Error { get; private set; }

    /// <summary>Whether the watch is over.</summary>
    public bool Over { get; private set; }

    /// <summary>Takes in the next event of the timeline.</summary>
    public void Apply(RunEvent item)
    {
        switch (item.Type)
        {
            case EventType.Started:
                State = RunState.Running;
                (_started, _ended) = (item.At, null);
                break;
            case EventType.Progress:
                Progress = EventText.ProgressOf(item);
                break;
            case EventType.Log:
                break;
            case EventType.Scheduled or EventType.Retrying:
                Leave(RunState.Scheduled);
                break;
            case EventType.Queued or EventType.Released or EventType.Recovered:
                Leave(RunState.Queued);
                break;
            default:
                State = RunStates.Parse(item.Type.Name());
                _ended = item.At;
                Output = EventText.Output(item);
                Error = EventText.Error(item);
                break;
        }
    }

    /// <summary>Takes in the run as it is, where its events did not tell.</summary>
    public void Apply(Run run)
    {
        State = run.State;
        (_started, _ended) = (run.StartedAt, run.FinishedAt);
        Output = run.Output;
        Error = run.Error;
    }

    public void End() => Over = true;

    /// <summary>How long the newest attempt has taken; null when none has started.</summary>
    public TimeSpan? Took(DateTimeOffset now) => (_ended ?? now) - _started;

    private void Leave(RunState state)
    {
        State = state;
        Progress = null;
        (_started, _ended) = (null, null);
        (Output, Error) = (null, null);
    }
}
