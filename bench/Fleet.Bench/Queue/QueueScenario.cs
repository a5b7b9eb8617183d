namespace Fleet.Bench.Queue;

/// <summary>What a row of the measurement is about.</summary>
internal sealed record QueueScenario
{
    /// <summary>No scenario puts more into Redis than this: it would measure how memory is written.</summary>
    private const long MostBytes = 256L * 1024 * 1024;

    public required int Runs { get; init; }

    /// <summary>Bytes of each input.</summary>
    public int Payload { get; init; } = 30;

    public int Workers { get; init; } = 1;

    public int Queues { get; init; } = 1;

    public int Slots { get; init; } = 512;

    public int Partitions { get; init; } = 1;

    public int Servers { get; init; } = 1;

    public bool AppendOnly { get; init; } = true;

    /// <summary>The names of the queues that the runs go to, in turn.</summary>
    public IReadOnlyList<string> QueueNames => Queues == 1 ? ["default"] : [.. Enumerable.Range(1, Queues).Select(number => $"queue-{number}")];

    /// <summary>The same with no more runs than fit.</summary>
    public QueueScenario Fitting() => this with { Runs = (int)Math.Min(Runs, Math.Max(MostBytes / Payload, 1)) };

    /// <summary>One scenario for each combination.</summary>
    public static IReadOnlyList<QueueScenario> Combinations(
        QueueScenario basis, IReadOnlyList<int> payloads, IReadOnlyList<int> workers, IReadOnlyList<int> queues, IReadOnlyList<bool> appendOnly) =>
    [
        .. from payload in payloads
           from count in workers
           from queue in queues
           from aof in appendOnly
           select (basis with { Payload = payload, Workers = count, Queues = queue, AppendOnly = aof }).Fitting(),
    ];

    /// <summary>
    /// Both kinds of Redis, and then one thing changed at a time, with fewer runs: what somebody wants to see who asks for nothing in particular.
    /// </summary>
    public static IReadOnlyList<QueueScenario> Overview(QueueScenario basis, IReadOnlyList<bool> appendOnly)
    {
        const int Share = 4;
        var variation = basis with { Runs = Math.Max(basis.Runs / Share, 1), AppendOnly = appendOnly[0] };
        QueueScenario[] variations =
        [
            variation with { Payload = 1024 },
            variation with { Payload = 50 * 1024 },
            variation with { Workers = 2 },
            variation with { Workers = 4 },
            variation with { Queues = 8 },
        ];
        return [.. appendOnly.Select(aof => basis with { AppendOnly = aof }), .. variations.Select(scenario => scenario.Fitting())];
    }
}
