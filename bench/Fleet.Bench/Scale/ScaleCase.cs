using Fleet.Bench.Processes;
using Fleet.Bench.Queue;

namespace Fleet.Bench.Scale;

/// <summary>One thing that there may be much of, in several numbers. The first is what the others are compared with.</summary>
internal sealed record ScaleCase
{
    /// <summary>Runs in whose place nothing is executed go to a queue that nobody serves.</summary>
    private const string Elsewhere = "elsewhere";

    /// <summary>How long filling may take, and then writing files anew.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>
    /// The last is over a million by so much that Redis is done with doubling its tables, which begins at 2^20 entries and goes on, a step with every
    /// use of a sorted set, for half a million more. All runs before pay for that, and not the few that are measured.
    /// </summary>
    private static readonly int[] Runs = [0, 100_000, 1_700_000];

    /// <summary>All there are.</summary>
    public static IReadOnlyList<ScaleCase> All { get; } =
    [
        new ScaleCase { Name = "partitions", Numbers = [1, 2, 4], Shape = (scenario, number) => scenario with { Partitions = number } },
        // On a cluster each of them has its place in one of three Redis processes.
        new ScaleCase { Name = "cluster", Numbers = [1, 2, 4], Shape = (scenario, number) => scenario with { Partitions = number, Servers = 3 } },
        // They are connected and wait, in a process of their own.
        new ScaleCase
        {
            Name = "idle-workers",
            Numbers = [0, 10, 100, 1_000],
            FillAsync = async (fleet, _, number) =>
            {
                if (number > 0) await fleet.StartWorkersAsync(1, new WorkerSettings { Crowd = number, Slots = 1, Queues = Elsewhere });
                return [];
            },
        },
        // They share the work: as many slots as one worker has, so that with a thousand workers no call carries more than one run.
        new ScaleCase
        {
            Name = "workers",
            Numbers = [1, 10, 100, 1_000],
            Crowd = number => new WorkerSettings { Crowd = number, Slots = Math.Max(512 / number, 1) },
        },
        new ScaleCase
        {
            Name = "waiting",
            Numbers = Runs,
            InTurns = true,
            FillAsync = async (fleet, scenario, number) =>
            {
                var spec = QueueRound.SpecOf(scenario);
                await fleet.EnqueueAsync(number, i => spec(i) with { Queue = Elsewhere });
                return [];
            },
        },
        new ScaleCase
        {
            Name = "scheduled",
            Numbers = Runs,
            InTurns = true,
            FillAsync = async (fleet, scenario, number) =>
            {
                var spec = QueueRound.SpecOf(scenario);
                await fleet.EnqueueAsync(number, i => spec(i) with { Delay = TimeSpan.FromHours(1 + i % 24) });
                return [];
            },
        },
        new ScaleCase
        {
            Name = "kept",
            Numbers = Runs,
            InTurns = true,
            FillAsync = async (fleet, scenario, number) =>
            {
                var before = await fleet.SucceededAsync();
                var runs = await fleet.EnqueueAsync(number, QueueRound.SpecOf(scenario));
                await fleet.UntilSucceededAsync(before + number, Longest);
                return runs;
            },
        },
    ];

    public required string Name { get; init; }

    public required IReadOnlyList<int> Numbers { get; init; }

    /// <summary>Whether all of them are there at once and measured in turns. Not where what waits takes a part of the machine itself.</summary>
    public bool InTurns { get; init; }

    /// <summary>Makes the scenario one with so much of it.</summary>
    public Func<QueueScenario, int, QueueScenario> Shape { get; init; } = (scenario, _) => scenario;

    /// <summary>The workers that execute.</summary>
    public Func<int, WorkerSettings> Crowd { get; init; } = _ => new WorkerSettings { Queues = "default" };

    /// <summary>Fills the fleet; returns the runs that were executed for that.</summary>
    public Func<BenchFleet, QueueScenario, int, Task<IReadOnlyList<RunId>>> FillAsync { get; init; } =
        (_, _, _) => Task.FromResult<IReadOnlyList<RunId>>([]);
}
