using System.Text.Json.Serialization;

namespace Fleet.Faults.History;

/// <summary>One call of the API and what came of it.</summary>
/// <param name="Kind">What it asked for.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Ms">How long the answer took, or the client waited for one.</param>
/// <param name="Api">Which replica was asked.</param>
/// <param name="Op">For new runs, the request.</param>
/// <param name="Run">Otherwise the run.</param>
/// <param name="Status">The answer's status; 0 when none came.</param>
/// <param name="Note">What the problem or the error said.</param>
/// <param name="Told">The runs the answer told of.</param>
internal sealed record Call(
    CallKind Kind, DateTimeOffset At, double Ms, string Api, string? Op, RunId? Run, int Status, string? Note, IReadOnlyList<Told> Told)
{
    /// <summary>Whether the API did what it was asked.</summary>
    [JsonIgnore]
    public bool IsDone => Status is >= 200 and < 300;
}

/// <summary>What a call asked for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallKind>))]
internal enum CallKind
{
    /// <summary>New runs.</summary>
    Submit,

    /// <summary>A run's end.</summary>
    Cancel,

    /// <summary>Another life of a run.</summary>
    Retry,

    /// <summary>A run as it is.</summary>
    Read,

    /// <summary>A schedule.</summary>
    Schedule,
}

/// <summary>What an answer says of a run; only its id where the answer has no more.</summary>
internal sealed record Told(RunId Id, RunState? State = null, long Seq = 0, int Attempt = 0);
