using System.CommandLine;
using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Idle;

/// <summary>
/// What a fleet costs that has nothing to do. Some of its workers are processes, so that each one's CPU time is known; the others share
/// a process, with connections of their own, because a hundred runtimes would not fit on every machine: of those the mean is told.
/// </summary>
internal static class IdleCommand
{
    /// <summary>
    /// Until what starting has left to do is done. The runtime compiles a method anew when it has run thirty times, and an idle worker does most
    /// things every few seconds: for its first minutes, compiling takes several times what being idle does.
    /// </summary>
    private static readonly TimeSpan Settling = TimeSpan.FromMinutes(7);

    public static Command Create()
    {
        var workers = new Option<int>("--workers") { Description = "How many workers there are.", DefaultValueFactory = _ => 100 };
        var processes = new Option<int>("--processes") { Description = "How many of them are processes of their own.", DefaultValueFactory = _ => 5 };
        var seconds = new Option<int>("--seconds") { Description = "How long they are watched.", DefaultValueFactory = _ => 30 };
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("idle", "What idle workers cost Redis and each of them.") { workers, processes, seconds, aof, json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var rows = new List<IdleRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                rows.Add(await MeasureAsync(parsed.GetValue(workers), Math.Min(parsed.GetValue(processes), parsed.GetValue(workers)),
                    TimeSpan.FromSeconds(parsed.GetValue(seconds)), appendOnly, cancellation));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<IdleRow> MeasureAsync(int workers, int processes, TimeSpan duration, bool appendOnly, CancellationToken cancellation)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{workers:N0} idle workers, append-only file {(appendOnly ? "on" : "off")} …"));
        await using var fleet = await BenchFleet.StartAsync(appendOnly);
        await fleet.StartWorkersAsync(processes, new WorkerSettings { Slots = 32 });
        var crowd = workers - processes;
        if (crowd > 0) await fleet.StartWorkersAsync(1, new WorkerSettings { Slots = 32, Crowd = crowd });
        await Task.Delay(Settling, cancellation);

        var meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        await Task.Delay(duration, cancellation);
        var spent = await meter.StopAsync();
        await fleet.StopWorkersAsync();
        var each = spent.Others.Take(processes).Select(Percent).ToArray();
        return new IdleRow(workers, appendOnly, spent.Elapsed.TotalSeconds, Percent(spent.Redis), each, crowd > 0 ? Percent(spent.Others[^1]) / crowd : 0);

        double Percent(TimeSpan cpu) => cpu / spent.Elapsed * 100;
    }

    private static Table<IdleRow> Table() => new Table<IdleRow>()
        .Column("workers", row => row.Workers)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("seconds", row => row.Seconds)
        .Column("Redis, % of a core", row => row.RedisPercent, "N2")
        .Column("a worker at most", row => row.WorkerPercents.DefaultIfEmpty().Max(), "N2")
        .Column("a worker in the mean", row => row.WorkerPercents.DefaultIfEmpty().Average(), "N2")
        .Column("one of the crowd", row => row.CrowdPercent, "N2");

    /// <summary>CPU time in percent of a core: of Redis, of each worker that is a process, and of one of those that share a process.</summary>
    private sealed record IdleRow(
        int Workers, bool AppendOnly, double Seconds, double RedisPercent, IReadOnlyList<double> WorkerPercents, double CrowdPercent);
}
