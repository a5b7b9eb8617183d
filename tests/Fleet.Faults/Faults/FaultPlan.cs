namespace Fleet.Faults.Faults;

/// <summary>
/// Which faults happen when: decided by the seed alone. Storms, in which several processes may suffer at a time, take turns with
/// calms, in which everything is mended and work gets on.
/// </summary>
internal static class FaultPlan
{
    /// <summary>The processes, by kind.</summary>
    public const string Redis = "redis";

    /// <inheritdoc cref="Redis"/>
    public const string Notifier = "notifier";

    /// <inheritdoc cref="Redis"/>
    public static readonly IReadOnlyList<string> Workers = ["worker-1", "worker-2", "worker-3"];

    /// <inheritdoc cref="Redis"/>
    public static readonly IReadOnlyList<string> Apis = ["api-1", "api-2"];

    /// <summary>How long faults come down, and how long they then do not.</summary>
    public static readonly TimeSpan Storm = TimeSpan.FromSeconds(20);

    /// <inheritdoc cref="Storm"/>
    public static readonly TimeSpan Calm = TimeSpan.FromSeconds(7);

    /// <summary>How long what was mended gets to work before the next fault may meet it.</summary>
    private static readonly TimeSpan Respite = TimeSpan.FromSeconds(1.5);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(0.5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1.7);

    private static readonly (IReadOnlyList<string> Targets, double Weight)[] Suffering =
        [(Workers, 9), (Apis, 4), ([Notifier], 3), ([Redis], 3)];

    private static readonly (FaultKind Kind, double Weight)[] OfServices =
    [
        (FaultKind.Kill, 4), (FaultKind.Freeze, 4), (FaultKind.Terminate, 2),
        (FaultKind.Cut, 3), (FaultKind.Blackhole, 2), (FaultKind.Deafen, 2),
    ];

    // Whatever is between a process and Redis counts as the process's.
    private static readonly (FaultKind Kind, double Weight)[] OfRedis =
        [(FaultKind.Kill, 1), (FaultKind.Terminate, 1), (FaultKind.Freeze, 1.5)];

    /// <summary>The faults of a storm and calm after another, in the order of their times. The last calm ends with the time.</summary>
    /// <param name="seed">Decides everything.</param>
    /// <param name="time">How long it all takes.</param>
    /// <param name="lease">What a frozen worker outlasts.</param>
    public static IReadOnlyList<Fault> Of(ulong seed, TimeSpan time, TimeSpan lease)
    {
        var dice = new Dice(seed).For("faults");
        var faults = new List<Fault>();
        // The first calm is for the start.
        for (var storm = Calm / 2; storm + Calm < time; storm += Storm + Calm)
        {
            var end = storm + Storm + Calm < time ? storm + Storm : time - Calm;
            AddStorm(dice, faults, storm, end, lease);
        }

        return faults;
    }

    private static void AddStorm(Dice dice, List<Fault> faults, TimeSpan begin, TimeSpan end, TimeSpan lease)
    {
        var busyUntil = new Dictionary<string, TimeSpan>();
        for (var at = begin + dice.Between(TimeSpan.Zero, ShortestPause); at < end; at += dice.Between(ShortestPause, LongestPause))
        {
            var target = dice.Pick(dice.Pick(Suffering));
            var kind = dice.Pick(target == Redis ? OfRedis : OfServices);
            var lasts = Duration(dice, kind, target, lease);
            // Whatever happens, the dice are thrown alike, so that one fault more or less does not change all that follow.
            if (at < busyUntil.GetValueOrDefault(target) || at + lasts > end) continue;
            busyUntil[target] = at + lasts + Respite;
            faults.Add(new Fault(faults.Count + 1, at, kind, target, lasts));
        }
    }

    private static TimeSpan Duration(Dice dice, FaultKind kind, string target, TimeSpan lease) => (kind, target) switch
    {
        (FaultKind.Kill or FaultKind.Terminate, _) => dice.Between(TimeSpan.FromSeconds(0.1), TimeSpan.FromSeconds(2.5)),
        (_, Redis) => dice.Between(TimeSpan.FromSeconds(0.3), TimeSpan.FromSeconds(4)),
        (FaultKind.Freeze, _) => dice.Between(lease * 1.2, lease * 2.2),
        // Some are over before anything is lost, others outlast the lease.
        _ => dice.Between(TimeSpan.FromSeconds(0.3), lease * 2.2),
    };
}
