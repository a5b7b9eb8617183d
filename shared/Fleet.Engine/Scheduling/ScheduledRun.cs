using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Engine.Runs;

namespace Fleet.Engine.Scheduling;

/// <summary>The run of one tick. Whoever makes the tick, and however often, it is the same run: its id says schedule and time.</summary>
/// <param name="Tick">The tick's time, in ms.</param>
/// <param name="Id">Its id.</param>
/// <param name="Due">When it is due, in ms: the tick, put off by the tick's part of the jitter.</param>
internal readonly record struct ScheduledRun(long Tick, RunId Id, long Due)
{
    public static ScheduledRun Of(ScheduleRecord schedule, long tick, int partition)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{schedule.Name}\n{tick}")));
        var jitter = (ulong)(schedule.Rule.Jitter ?? TimeSpan.Zero).TotalMilliseconds;
        var part = jitter == 0 ? 0 : BinaryPrimitives.ReadUInt64BigEndian(hash.AsSpan(16)) % jitter;
        return new ScheduledRun(tick, RunId.Create(tick, partition, hash), tick + (long)part);
    }

    /// <summary>What the run has beside its input.</summary>
    public RunOptions Options(ScheduleRecord schedule) => OptionsOf(schedule) with
    {
        Meta = new Dictionary<string, string>(schedule.Run.Options.Meta ?? new Dictionary<string, string>())
        {
            [ScheduleRule.MetaKey] = DateTimeOffset.FromUnixTimeMilliseconds(Tick).UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        },
    };

    /// <summary>The run that a schedule creates out of turn.</summary>
    public static RunSpec OutOfTurn(ScheduleRecord schedule, TriggerOrder? order)
    {
        var options = OptionsOf(schedule);
        if (order?.Audit is { } audit)
            options = options with { Meta = new Dictionary<string, string>(options.Meta ?? new Dictionary<string, string>()) { ["audit"] = audit } };
        return schedule.Run with { Options = options };
    }

    /// <summary>The id of the run that a request for one out of turn leads to.</summary>
    public static RunId IdOf(ScheduleRecord schedule, TriggerOrder order, int partition) => RunId.Create(
        order.At.ToUnixTimeMilliseconds(), partition, SHA256.HashData(Encoding.UTF8.GetBytes($"{schedule.Name}\n{order.Key}")));

    private static RunOptions OptionsOf(ScheduleRecord schedule) => schedule.Run.Options with { Schedule = schedule.Name };
}
