using System.CommandLine;
using System.Globalization;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Bench.Memory;

/// <summary>
/// How much of Redis's memory a run takes while it waits, runs and is kept; and that what is kept stops growing once retention drops runs.
/// </summary>
internal static class MemoryCommand
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static Command Create()
    {
        var runs = new Option<int>("--runs")
        {
            Description = "How many runs a figure is the mean of; of running ones there are at most 10,000.",
            DefaultValueFactory = _ => 100_000,
        };
        var growth = new Option<int>("--growth")
        {
            Description = "How many runs pass through while what is kept is watched; 0 for none.",
            DefaultValueFactory = _ => 1_000_000,
        };
        var payload = Axes.Numbers("--payload", "Bytes of each input, such as 30,1024,51200.", 30, 1024);
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("memory", "Redis's memory for a waiting, a running and a finished run, and its growth with retention on.")
        {
            runs, growth, payload, aof, json,
        };
        command.SetAction(async (parsed, _) =>
        {
            var sizes = new List<RunSize>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                foreach (var bytes in parsed.GetValue(payload)!)
                    sizes.Add(await SizeAsync(new QueueScenario { Runs = parsed.GetValue(runs), Payload = bytes, AppendOnly = appendOnly }.Fitting()));
            }

            var passed = parsed.GetValue(growth) is > 0 and var count ? await Growth.MeasureAsync(count) : [];
            Report.Print(new MemoryReport(sizes, passed), sizes, SizeTable(), parsed.GetValue(json));
            if (!parsed.GetValue(json) && passed.Count > 0)
            {
                Console.WriteLine();
                Report.Print(passed, Growth.Table(), json: false);
            }

            return 0;
        });
        return command;
    }

    private static async Task<RunSize> SizeAsync(QueueScenario scenario)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{scenario.Runs:N0} runs of {scenario.Payload:N0} bytes …"));
        var waiting = await QueueRound.MeasureAsync(scenario);
        return new RunSize(scenario.Payload, scenario.AppendOnly, waiting.WaitingBytes, await RunningAsync(scenario), waiting.FinishedBytes,
            waiting.RedisMicroseconds, waiting.WorkerMicroseconds, waiting.ClientMicroseconds);
    }

    /// <summary>A run that a worker holds, whose start is recorded.</summary>
    private static async Task<long> RunningAsync(QueueScenario scenario)
    {
        const int MostSlots = 10_000;
        var runs = Math.Min(scenario.Runs, MostSlots);
        await using var fleet = await BenchFleet.StartAsync(scenario.AppendOnly);
        // One that ends as its worker does goes back into its queue, which nobody needs to wait for here.
        await fleet.StartWorkersAsync(1, new WorkerSettings { Slots = runs });
        var empty = await fleet.Redis.MemoryAsync();
        var spec = QueueRound.SpecOf(scenario);
        var ids = await fleet.EnqueueAsync(runs, number => spec(number) with { Job = "hold" });
        await BenchFleet.UntilAsync(async () =>
        {
            // Redis has handed them out long before their starts are recorded.
            var last = await fleet.Services.GetRequiredService<RunReader>().GetAsync(ids.TakeLast(1_000));
            return last.All(run => run.State == RunState.Running);
        }, Longest);
        return (await fleet.Redis.MemoryAsync() - empty) / runs;
    }

    private static Table<RunSize> SizeTable() => new Table<RunSize>()
        .Column("payload", row => row.Payload)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("waiting, bytes a run", row => row.WaitingBytes)
        .Column("running", row => row.RunningBytes)
        .Column("finished", row => row.FinishedBytes)
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds, "N1")
        .Column("worker", row => row.WorkerMicroseconds, "N1")
        .Column("client", row => row.ClientMicroseconds, "N1");
}
