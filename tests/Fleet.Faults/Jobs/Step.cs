using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet.Faults.Jobs;

/// <summary>What a run of the scripted job does.</summary>
[JsonConverter(typeof(DeedConverter))]
internal enum Deed
{
    /// <summary>Succeeds after a moment.</summary>
    Ok,

    /// <summary>Succeeds after a while.</summary>
    Slow,

    /// <summary>Fails with the first attempt and succeeds with the next.</summary>
    FailOnce,

    /// <summary>Fails with every attempt.</summary>
    Fail,

    /// <summary>Fails for good.</summary>
    Permanent,

    /// <summary>Puts itself off until a time has passed since it was created, then succeeds.</summary>
    Snooze,

    /// <summary>Writes log lines and progress, then succeeds.</summary>
    Tell,

    /// <summary>Takes longer than it may and does not listen to its token.</summary>
    Stubborn,

    /// <summary>Never ends until its token says so.</summary>
    Hang,
}

/// <summary>The input of the scripted job.</summary>
/// <param name="Do">What it does.</param>
/// <param name="Op">The request that created the run.</param>
/// <param name="Index">Its place in that request, from 0.</param>
/// <param name="Ms">How long what it does takes, in ms.</param>
/// <param name="Text">What the output repeats.</param>
/// <param name="ExpiresAt">When it is too late to start it; null for never.</param>
internal sealed record Step(Deed Do, string Op, int Index, int Ms, string Text = "", DateTimeOffset? ExpiresAt = null);

/// <summary>The output of the scripted job: which execution it is the output of, and of what.</summary>
/// <param name="Effect">The execution that wrote it.</param>
/// <param name="Op">The input's request.</param>
/// <param name="Index">The input's place in it.</param>
/// <param name="Text">The input's text.</param>
internal sealed record StepOutput(string Effect, string Op, int Index, string Text);

/// <summary>Deeds are words, as jobs read enums.</summary>
internal sealed class DeedConverter() : JsonStringEnumConverter<Deed>(JsonNamingPolicy.CamelCase, allowIntegerValues: false);
