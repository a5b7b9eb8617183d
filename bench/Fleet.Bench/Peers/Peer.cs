using System.Diagnostics;
using System.Globalization;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Peers;

/// <summary>
/// Another job system, to compare with. Its adapter in <c>bench/peers/NAME</c> knows two commands: <c>enqueue</c> puts runs of a given
/// payload into a queue and prints how many seconds that took; <c>work</c> executes them until it gets SIGTERM, and then adds how many it
/// executed to <see cref="ExecutedKey"/>. Both use the system as its documentation recommends for throughput.
/// </summary>
internal sealed record Peer
{
    /// <summary>Where adapters count what they executed.</summary>
    public const string ExecutedKey = "bench:executed";

    /// <summary>All there are.</summary>
    public static IReadOnlyList<Peer> All { get; } =
    [
        new Peer
        {
            Name = "bullmq",
            Program = ["node", "peer.mjs"],
            Install = [["npm", "ci", "--silent", "--no-audit", "--no-fund"]],
            IsInstalled = folder => Directory.Exists(Path.Combine(folder, "node_modules", "bullmq")),
            Concurrencies = [50, 100, 200, 500],
            MostRuns = 100_000,
            LeftAsync = async redis => await redis.Database.ListLengthAsync("bull:bench:wait") + await redis.Database.ListLengthAsync("bull:bench:active"),
        },
        new Peer
        {
            Name = "sidekiq",
            Program = ["ruby", "peer.rb"],
            Install = Debian("ruby-sidekiq"),
            IsInstalled = _ => File.Exists("/usr/bin/sidekiq"),
            Concurrencies = [5, 10, 25],
            MostRuns = 50_000,
            // What a thread has popped is in no key while it is executed; the count at the end holds those.
            LeftAsync = redis => redis.Database.ListLengthAsync("queue:bench"),
        },
        new Peer
        {
            Name = "celery",
            Program = ["/usr/bin/python3", "peer.py"],
            Install = Debian("python3-celery", "python3-redis"),
            IsInstalled = _ => File.Exists("/usr/bin/celery"),
            Concurrencies = [1, 2, 4],
            MostRuns = 20_000,
            LeftAsync = async redis => await redis.Database.ListLengthAsync("celery") + await redis.Database.HashLengthAsync("unacked"),
        },
        new Peer
        {
            Name = "rq",
            Program = ["/usr/bin/python3", "peer.py"],
            Install = Debian("python3-rq", "python3-redis"),
            IsInstalled = _ => File.Exists("/usr/bin/rq"),
            Concurrencies = [1, 2],
            MostRuns = 10_000,
            LeftAsync = async redis => await redis.Database.ListLengthAsync("rq:queue:bench") + await redis.Database.SortedSetLengthAsync("rq:wip:bench"),
        },
    ];

    public required string Name { get; init; }

    /// <summary>What starts the adapter, in its folder.</summary>
    public required IReadOnlyList<string> Program { get; init; }

    /// <summary>The commands that install the system.</summary>
    public required IReadOnlyList<IReadOnlyList<string>> Install { get; init; }

    public required Func<string, bool> IsInstalled { get; init; }

    /// <summary>How many runs its worker may execute at a time, to find the best among.</summary>
    public required IReadOnlyList<int> Concurrencies { get; init; }

    /// <summary>How many runs it executes in a bearable time; with fewer than asked for, both systems get them.</summary>
    public required int MostRuns { get; init; }

    /// <summary>How many runs are not executed yet, by what the system keeps in Redis.</summary>
    public required Func<BenchRedis, Task<long>> LeftAsync { get; init; }

    private string Folder => Path.Combine(BenchProgram.Repository, "bench", "peers", Name);

    /// <summary>Installs the system, unless it is there.</summary>
    /// <exception cref="MeasurementException">It cannot be installed here.</exception>
    public async Task InstallAsync()
    {
        if (IsInstalled(Folder)) return;
        Report.Progress($"Installing {Name} …");
        foreach (var command in Install)
        {
            using var process = Start(command, []);
            var output = process.StandardOutput.ReadToEndAsync();
            await process.WaitForExitAsync();
            if (process.ExitCode != 0) throw new MeasurementException($"{Name} could not be installed with: {string.Join(' ', command)}\n{await output}");
        }
    }

    /// <summary>Puts runs into the queue, and returns how long that took by the adapter's clock, which leaves its start out.</summary>
    public async Task<(TimeSpan Elapsed, TimeSpan Cpu)> EnqueueAsync(BenchRedis redis, int runs, int payload)
    {
        using var process = Start(Program, ["enqueue", .. Where(redis), Text(runs), Text(payload)]);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0) throw new MeasurementException($"{Name} could not enqueue.");
        var figures = output.Split(' ', StringSplitOptions.TrimEntries).Select(figure => double.Parse(figure, CultureInfo.InvariantCulture)).ToArray();
        return (TimeSpan.FromSeconds(figures[0]), TimeSpan.FromSeconds(figures[1]));
    }

    /// <summary>Starts a worker.</summary>
    public Process StartWorker(BenchRedis redis, int concurrency) => Start(Program, ["work", .. Where(redis), Text(concurrency)]);

    private static IReadOnlyList<IReadOnlyList<string>> Debian(params string[] packages) =>
    [
        ["apt-get", "update", "-qq"],
        ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "install", "-y", "-qq", "--no-install-recommends", .. packages],
    ];

    private static string[] Where(BenchRedis redis) => [redis.EndPoint.Address.ToString(), Text(redis.EndPoint.Port)];

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private Process Start(IReadOnlyList<string> program, IEnumerable<string> arguments) => Process.Start(
        new ProcessStartInfo(program[0], [.. program.Skip(1), .. arguments]) { WorkingDirectory = Folder, RedirectStandardOutput = true })!;
}
