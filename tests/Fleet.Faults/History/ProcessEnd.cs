using System.Text.Json.Serialization;

namespace Fleet.Faults.History;

/// <summary>The end of a process.</summary>
/// <param name="Name">Its name, such as <c>worker-2</c>.</param>
/// <param name="Life">Which of its lives ended, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Code">The exit code.</param>
/// <param name="Wish">Whether it was to end.</param>
/// <param name="WasReady">Whether it had ever been ready in that life.</param>
/// <param name="Overdue">Whether it had to be killed because it did not end when it was asked to.</param>
internal sealed record ProcessEnd(string Name, int Life, DateTimeOffset At, int Code, EndWish Wish, bool WasReady, bool Overdue);

/// <summary>Who wanted a process to end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndWish>))]
internal enum EndWish
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>The suite, with SIGTERM.</summary>
    Asked,

    /// <summary>The suite, with SIGKILL.</summary>
    Killed,
}
