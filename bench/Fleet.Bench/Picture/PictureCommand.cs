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

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        var rate = new Option<int>("--rate") { Description = "Runs a second.", DefaultValueFactory = _ => 10_000 };
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 15 };
        var json = Axes.Json();
        var command = new Command("picture", "How far behind the picture for Hangfire dashboards is, and what it costs.") { rate, seconds, json };
        command.SetAction(async (parsed, _) =>
        {
            var time = TimeSpan.FromSeconds(parsed.GetValue(seconds));
            List<PictureRow> rows =
            [
                await MeasureAsync(parsed.GetValue(rate), time, isKept: false),
                await MeasureAsync(parsed.GetValue(rate), time, isKept: true),
            ];
            Report.Print(rows, Table(), parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private static async Task<PictureRow> MeasureAsync(int rate, TimeSpan time, bool isKept)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{rate:N0} runs a second, {(isKept ? "with" : "without")} the picture …"));
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["Fleet:Hangfire:Enabled"] = $"{isKept}" }).Build();
        await using var fleet = await BenchFleet.StartAsync(appendOnly: true, add: services => services.AddFleetHangfire(configuration));
        await fleet.StartWorkersAsync(1, new WorkerSettings());
        await fleet.EnqueueAsync(WarmUp, Spec);
        await fleet.UntilSucceededAsync(WarmUp, Longest);

        var meter = await CpuMeter.StartAsync(fleet.Redis, []);
        using var over = new CancellationTokenSource();
        var lags = PictureLag.WatchAsync(fleet, over.Token);
        var runs = await EnqueueAsync(fleet, rate, time);
        await fleet.UntilSucceededAsync(WarmUp + runs, Longest);
        var spent = await meter.StopAsync();
        if (isKept) await BenchFleet.UntilAsync(async () => await PictureLag.CountedAsync(fleet) >= WarmUp + runs, Longest);
        await over.CancelAsync();

        var spread = isKept ? Distribution.Of(await lags) : null;
        var counted = isKept ? await PictureLag.CountedAsync(fleet) - WarmUp : (long?)null;
        return new PictureRow(isKept, runs, runs / time.TotalSeconds, spread?.P50, spread?.Max, counted, Spent.Each(spent.Redis, runs), Spent.Each(spent.Self, runs));
    }

    /// <summary>Enqueues at the rate, catching up where a step was late; returns how many.</summary>
    private static async Task<int> EnqueueAsync(BenchFleet fleet, int rate, TimeSpan time)
    {
        var (enqueued, clock) = (0, Stopwatch.StartNew());
        while (clock.Elapsed < time)
        {
            var wanted = (int)(clock.Elapsed.TotalSeconds * rate) - enqueued;
            if (wanted > 0) enqueued += (await fleet.EnqueueAsync(wanted, Spec)).Count;
            await Task.Delay(Step, CancellationToken.None);
        }

        return enqueued;
    }

    private static RunSpec Spec(int number) => new() { Job = "noop", Input = "{}"u8.ToArray() };

    private static Table<PictureRow> Table() => new Table<PictureRow>()
        .Column("picture", row => row.IsKept ? "kept" : "none")
        .Column("runs", row => row.Runs)
        .Column("runs/s", row => row.PerSecond)
        .Column("lag p50 ms", row => Shown(row.LagP50))
        .Column("lag max ms", row => Shown(row.LagMax))
        .Column("counted", row => Shown(row.Counted))
        .Column("Redis CPU µs a run", row => row.RedisMicroseconds)
        .Column("process CPU µs a run", row => row.ProcessMicroseconds);

    private static string Shown(double? figure) => figure is { } number ? number.ToString("N0", CultureInfo.InvariantCulture) : "-";

    /// <summary>What was measured. The process is the one that also enqueues.</summary>
    private sealed record PictureRow(
        bool IsKept, int Runs, double PerSecond, double? LagP50, double? LagMax, long? Counted, double RedisMicroseconds, double ProcessMicroseconds);
}
