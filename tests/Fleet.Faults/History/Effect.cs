using System.Text.Json.Serialization;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.History;

/// <summary>What a handler recorded outside Redis.</summary>
internal sealed record Effect(string Execution, RunId Run, int Attempt, string Worker, Deed Do, EffectPhase Phase, DateTimeOffset At);

/// <summary>How far an execution of a handler came.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EffectPhase>))]
internal enum EffectPhase
{
    /// <summary>It was called.</summary>
    Began,

    /// <summary>It did what it is for; all that is left is to return.</summary>
    Done,

    /// <summary>It failed.</summary>
    Threw,

    /// <summary>It put its run off.</summary>
    Snoozed,

    /// <summary>It ended because its token said so.</summary>
    Cancelled,
}
