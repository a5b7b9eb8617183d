using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;
using Fleet.Engine.Runs;

namespace Fleet.Bench.Latency;

/// <summary>
/// How long it takes from enqueueing a run through the engine to the start of its handler in a worker process, and to its final state, at
/// several rates and in an idle fleet. All times are of the machine's monotonic clock, which its processes share.
/// </summary>
internal static class LatencyCommand
{
    /// <summary>So slow that the fleet is idle when a run comes.</summary>
    private const double IdlePerSecond = 20;

    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(2);

    public static Command Create()
    {
        var rates = Axes.Numbers("--rates", "Runs a second, such as 100,1000,10000; an idle fleet is measured too.", 100, 1_000, 10_000);
        var seconds = new Option<int>("--seconds") { Description = "How long a round lasts.", DefaultValueFactory = _ => 5 };
        var rounds = Axes.Rounds();
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("latency", "From enqueueing to the start of the handler, and to the final state.") { rates, seconds, rounds, aof, json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<LatencyRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                foreach (var rate in parsed.GetValue(rates)!.Select(rate => (double)rate).Prepend(IdlePerSecond))
                    rows.Add(await MeasureAsync(rate, TimeSpan.FromSeconds(parsed.GetValue(seconds)), parsed.GetValue(rounds), appendOnly));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<LatencyRow> MeasureAsync(double perSecond, TimeSpan duration, int rounds, bool appendOnly)
    {
        var load = perSecond == IdlePerSecond ? "idle" : string.Create(CultureInfo.InvariantCulture, $"{perSecond:N0}/s");
        Report.Progress($"{load}, append-only file {(appendOnly ? "on" : "off")} …");
        await using var fleet = await BenchFleet.StartAsync(appendOnly);
        var starts = Path.GetTempFileName();
        await fleet.StartWorkersAsync(1, new WorkerSettings { Starts = starts });
        var watch = await FinalWatch.StartAsync(fleet.Redis, fleet.Keys);

        var runs = new List<RunId>();
        await LoadAsync(fleet, watch, runs, (int)(perSecond * WarmUp.TotalSeconds), perSecond);
        var warm = runs.Count;
        var due = new List<long[]>();
        var spent = new List<Spent>();
        for (var round = 0; round < rounds; round++)
        {
            var meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
            due.Add(await LoadAsync(fleet, watch, runs, (int)(perSecond * duration.TotalSeconds), perSecond));
            spent.Add(await meter.StopAsync());
        }

        // The worker writes its times as it ends.
        await fleet.RequireExactlyOnceAsync(runs);
        var started = BenchJobs.ReadStarts(starts);
        File.Delete(starts);
        return LatencyRow.Median([.. due.Select((times, round) => Row(times, warm + due.Take(round).Sum(before => before.Length), spent[round]))]);

        LatencyRow Row(long[] times, int first, Spent spent) => new()
        {
            Load = load,
            AppendOnly = appendOnly,
            Start = Distribution.Of(times.Select((time, i) => Milliseconds(time, started[first + i]))),
            Final = Distribution.Of(times.Select((time, i) => Milliseconds(time, watch.EndOf(runs[first + i])))),
            RedisMicroseconds = Spent.Each(spent.Redis, times.Length),
            WorkerMicroseconds = Spent.Each(spent.AllOthers, times.Length),
            ClientMicroseconds = Spent.Each(spent.Self, times.Length),
        };
    }

    /// <summary>
    /// Enqueues runs at a rate, each with its number as its input, and waits for the news of their ends. Returns when each was due.
    /// </summary>
    private static async Task<long[]> LoadAsync(BenchFleet fleet, FinalWatch watch, List<RunId> runs, int count, double perSecond)
    {
        var first = runs.Count;
        var calls = new Task<EnqueueResult>[count];
        var due = await OpenLoop.RunAsync(count, perSecond, number => calls[number] = fleet.Store.EnqueueAsync(new RunSpec
        {
            Job = "stamp",
            Input = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $$"""{"run":{{first + number}}}""")),
        }));
        runs.AddRange((await Task.WhenAll(calls)).Select(result => result.Id));
        await BenchFleet.UntilAsync(() => Task.FromResult(watch.Count == runs.Count), Longest);
        return due;
    }

    private static double Milliseconds(long from, long to) => Stopwatch.GetElapsedTime(from, to).TotalMilliseconds;

    private static Table<LatencyRow> Table() => new Table<LatencyRow>()
        .Column("load", row => row.Load)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("runs", row => row.Start.Count)
        .Column("start p50 ms", row => row.Start.P50, "N2")
        .Column("p99", row => row.Start.P99, "N2")
        .Column("p99.9", row => row.Start.P999, "N2")
        .Column("max", row => row.Start.Max, "N2")
        .Column("final p50 ms", row => row.Final.P50, "N2")
        .Column("p99", row => row.Final.P99, "N2")
        .Column("p99.9", row => row.Final.P999, "N2")
        .Column("max", row => row.Final.Max, "N2")
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds, "N0")
        .Column("worker", row => row.WorkerMicroseconds, "N0")
        .Column("client", row => row.ClientMicroseconds, "N0");
}
