using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Reporting;
using Fleet.Engine.Runs;
using Fleet.Hangfire;
using Microsoft.Extensions.Configuration;

namespace Fleet.Bench.Picture;

/// <summary>
/// How far the picture for Hangfire dashboards is behind a fleet that executes so many runs a second, what it costs, and whether it has
/// counted every one in the end.
/// </summary>
internal static class PictureCommand
{
    private const int WarmUp = 20_000;
    private const string CountedKey = "{fleet-hangfire}:stats:succeeded";
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);
    private static readonly RunSpec Spec = new() { Job = "noop", Input = "{}"u8.ToArray() };

    public static Command Create()
    {
        var rate = new Option<int>("--rate") { Description = "Runs a second.", DefaultValueFactory = _ => 10_000 };
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 15 };
        var aof = Axes.AppendOnly(isBoth: false);
        var json = Axes.Json();
        var command = new Command("picture", "How far behind the picture for Hangfire dashboards is, and what it costs.") { rate, seconds, aof, json };
        command.SetAction(async (parsed, _) =>
        {
            var rows = new List<PictureRow>();
            foreach (var appendOnly in parsed.GetValue(aof)!)
            {
                foreach (var isKept in new[] { false, true })
                    rows.Add(await MeasureAsync(parsed.GetValue(rate), TimeSpan.FromSeconds(parsed.GetValue(seconds)), isKept, appendOnly));
            }

            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<PictureRow> MeasureAsync(int rate, TimeSpan duration, bool isKept, bool appendOnly)
    {
        Report.Progress($"{rate} runs a second, the picture {(isKept ? "kept" : "not kept")} …");
        var settings = new Dictionary<string, string?> { ["Fleet:Hangfire:Enabled"] = $"{isKept}" };
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings).Build();
        await using var fleet = await BenchFleet.StartAsync(appendOnly, add: services => services.AddFleetHangfire(configuration));
        await fleet.StartWorkersAsync(1, new WorkerSettings());
        var runs = new List<RunId>(await fleet.EnqueueAsync(WarmUp, _ => Spec));
        await fleet.UntilSucceededAsync(WarmUp, Longest);

        var meter = await CpuMeter.StartAsync(fleet.Redis, fleet.Workers);
        using var over = new CancellationTokenSource();
        var samples = SampleAsync(fleet, isKept, over.Token);
        var clock = Stopwatch.StartNew();
        runs.AddRange(await EnqueueAsync(fleet, rate, duration));
        var enqueued = runs.Count - WarmUp;
        var perSecond = enqueued / clock.Elapsed.TotalSeconds;
        await fleet.UntilSucceededAsync(runs.Count, Longest);
        var spent = await meter.StopAsync();
        if (isKept) await BenchFleet.UntilAsync(async () => await CountedAsync(fleet) == runs.Count, Longest);
        await over.CancelAsync();

        var lags = PictureLag.Of(await samples);
        await fleet.RequireExactlyOnceAsync(runs);
        return new PictureRow(isKept, appendOnly, enqueued, perSecond, lags.Count == 0 ? null : Distribution.Of(lags),
            Spent.Each(spent.Redis, enqueued), Spent.Each(spent.AllOthers, enqueued), Spent.Each(spent.Self, enqueued));
    }

    /// <summary>Enqueues at the rate, catching up where a step was late.</summary>
    private static async Task<List<RunId>> EnqueueAsync(BenchFleet fleet, int rate, TimeSpan duration)
    {
        var runs = new List<RunId>();
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < duration)
        {
            var wanted = (int)(clock.Elapsed.TotalSeconds * rate) - runs.Count;
            if (wanted > 0) runs.AddRange(await fleet.EnqueueAsync(wanted, _ => Spec));
            await Task.Delay(Step, CancellationToken.None);
        }

        return runs;
    }

    /// <summary>How many had ended at times, and how many the picture had counted.</summary>
    private static async Task<List<PictureSample>> SampleAsync(BenchFleet fleet, bool isKept, CancellationToken over)
    {
        var samples = new List<PictureSample>();
        var clock = Stopwatch.StartNew();
        while (isKept && !over.IsCancellationRequested)
        {
            var ended = fleet.SucceededAsync();
            var counted = CountedAsync(fleet);
            samples.Add(new PictureSample(clock.Elapsed, await ended, await counted));
            await Task.Delay(Step, CancellationToken.None);
        }

        return samples;
    }

    private static async Task<long> CountedAsync(BenchFleet fleet) => (long)await fleet.Redis.Database.StringGetAsync(CountedKey);

    private static Table<PictureRow> Table() => new Table<PictureRow>()
        .Column("picture", row => row.IsKept ? "kept" : "none")
        .Column("AOF", row => row.AppendOnly ? "on" : "off")
        .Column("runs", row => row.Runs)
        .Column("runs/s", row => row.PerSecond)
        .Column("lag p50 ms", row => Milliseconds(row.Lag?.P50))
        .Column("lag max ms", row => Milliseconds(row.Lag?.Max))
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds, "N1")
        .Column("worker", row => row.WorkerMicroseconds, "N1")
        .Column("picture and load", row => row.ProcessMicroseconds, "N1");

    private static string Milliseconds(double? time) => time?.ToString("N0", CultureInfo.InvariantCulture) ?? "-";

    /// <summary>How late the picture was, where it was kept, and CPU times in µs a run.</summary>
    private sealed record PictureRow(
        bool IsKept, bool AppendOnly, int Runs, double PerSecond, Distribution? Lag,
        double RedisMicroseconds, double WorkerMicroseconds, double ProcessMicroseconds);
}
