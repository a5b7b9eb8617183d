using System.Globalization;
using Fleet.Engine.Runs;
using Fleet.Hangfire.Layout;

namespace Fleet.Hangfire;

/// <summary>How a run is shown.</summary>
/// <param name="State">The state.</param>
/// <param name="Seq">The event that brought it into that.</param>
/// <param name="At">When that was, in ms.</param>
/// <param name="Queue">Its queue, by the name it has in the picture.</param>
/// <param name="Due">When it is due, in ms; 0 unless it is scheduled.</param>
/// <param name="IsRetry">Whether it is scheduled because an attempt failed.</param>
internal readonly record struct Shown(RunState State, long Seq, long At, string Queue, long Due = 0, bool IsRetry = false)
{
    /// <summary>The listing it is in.</summary>
    public Listing Listing => Listing.Of(State, Queue);

    public static Shown Of(RunRecord record)
    {
        var cause = record.Lifecycle[^1];
        return new Shown(record.Run.State, cause.Seq, cause.At.ToUnixTimeMilliseconds(), QueueName.Of(record.Run.Queue),
            record.Run.DueAt?.ToUnixTimeMilliseconds() ?? 0, cause.Type == EventType.Retrying);
    }

    /// <summary>Reads what <see cref="ToString"/> wrote.</summary>
    public static Shown Parse(string text)
    {
        var parts = text.Split(' ');
        return new Shown(RunStates.Parse(parts[0]), Number(parts[1]), Number(parts[2]), parts[3], Number(parts[4]), parts[5] == "1");
    }

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{State.Name()} {Seq} {At} {Queue} {Due} {(IsRetry ? 1 : 0)}");

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);
}
