using System.CommandLine;
using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;
using Fleet.Engine;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Bench.Due;

/// <summary>How late runs are queued whose time has come, by Redis's clock, while none or very many others wait for theirs.</summary>
internal static class DueCommand
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static Command Create()
    {
        var runs = new Option<int>("--runs") { Description = "How many runs come due, spread over ten seconds.", DefaultValueFactory = _ => 2_000 };
        var waiting = new Option<int>("--waiting") { Description = "How many others wait for a later time.", DefaultValueFactory = _ => 1_000_000 };
        var aof = Axes.AppendOnly();
        var json = Axes.Json();
        var command = new Command("due", "How late scheduled runs are, with and without many others waiting.") { runs, waiting, aof, json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<DueRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                foreach (var others in new[] { 0, parsed.GetValue(waiting) }) rows.Add(await MeasureAsync(parsed.GetValue(runs), others, appendOnly));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<DueRow> MeasureAsync(int runs, int waiting, bool appendOnly)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{runs:N0} runs come due, {waiting:N0} others wait …"));
        await using var fleet = await BenchFleet.StartAsync(appendOnly, add: services => services.AddFleetSweep());
        await fleet.EnqueueAsync(waiting, number => Spec(TimeSpan.FromHours(1 + number % 24)));

        var meter = await CpuMeter.StartAsync(fleet.Redis, []);
        var due = await fleet.EnqueueAsync(runs, number => Spec(Window * (number + 1) / runs));
        await BenchFleet.UntilAsync(async () => await fleet.Redis.Database.SortedSetLengthAsync(fleet.Keys.Partitions[0].Due) <= waiting, Window * 6);
        var spent = await meter.StopAsync();

        var reader = fleet.Services.GetRequiredService<RunReader>();
        var late = new List<double>();
        foreach (var id in due)
        {
            var events = (await reader.GetAsync(id))!.Lifecycle;
            late.Add((events[1].At - events[0].Data!.Value.GetProperty("dueAt").GetDateTimeOffset()).TotalMilliseconds);
        }

        var spread = Distribution.Of(late);
        return new DueRow(waiting, runs, appendOnly, spread.P50, spread.P99, spread.Max, Spent.Each(spent.Redis, runs), Spent.Each(spent.Self, runs));
    }

    private static RunSpec Spec(TimeSpan delay) => new() { Job = "noop", Input = "{}"u8.ToArray(), Delay = delay };

    private static Table<DueRow> Table() => new Table<DueRow>()
        .Column("others waiting", row => row.Waiting)
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("runs", row => row.Runs)
        .Column("p50 ms", row => row.P50)
        .Column("p99 ms", row => row.P99)
        .Column("max ms", row => row.Max)
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds)
        .Column("sweep CPU µs a run", row => row.SweepMicroseconds);

    /// <summary>How late runs were, in ms. The sweep is in the process that also enqueues.</summary>
    private sealed record DueRow(
        int Waiting, int Runs, bool AppendOnly, double P50, double P99, double Max, double RedisMicroseconds, double SweepMicroseconds);
}
