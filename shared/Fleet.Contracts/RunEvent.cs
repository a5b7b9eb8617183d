using System.Text.Json;

namespace Fleet;

/// <summary>One event of a run's timeline (contract: "An event").</summary>
/// <param name="Seq">Its number in the timeline: 1, 2, 3 … without gaps.</param>
/// <param name="Type">What happened.</param>
/// <param name="At">When, by Redis's clock.</param>
/// <param name="Attempt">The attempt it belongs to; 0 before the first.</param>
/// <param name="Data">What <see cref="EventType"/> says of its type; null where there is nothing to say.</param>
public sealed record RunEvent(long Seq, EventType Type, DateTimeOffset At, int Attempt, JsonElement? Data);
