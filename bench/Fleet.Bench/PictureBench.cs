using System.CommandLine;
using System.Diagnostics;
using System.Globalization;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Fleet.Hangfire;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Bench;

/// <summary>
/// How far the picture for Hangfire dashboards is behind a fleet that executes so many runs a second, what it costs, and whether it has
/// counted every one in the end.
/// </summary>
internal sealed class PictureBench(int rate, int seconds)
{
    private const string Prefix = "{fleet-hangfire}:";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    public static Command Command()
    {
        var rate = new Option<int>("--rate") { Description = "Runs a second.", DefaultValueFactory = _ => 10_000 };
        var seconds = new Option<int>("--seconds") { Description = "For how long.", DefaultValueFactory = _ => 15 };
        var command = new Command("picture", "How far behind the picture for Hangfire dashboards is, and what it costs.") { rate, seconds };
        command.SetAction(async (parsed, _) =>
        {
            var bench = new PictureBench(parsed.GetValue(rate), parsed.GetValue(seconds));
            Console.WriteLine("picture       runs   runs/s   lag p50 ms   lag max ms   counted   Redis CPU µs a run   process CPU µs a run");
            await bench.MeasureAsync(isKept: false);
            await bench.MeasureAsync(isKept: true);
            return 0;
        });
        return command;
    }

    private async Task MeasureAsync(bool isKept)
    {
        await using var redis = await BenchRedis.StartAsync(appendOnly: true);
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Fleet:Hangfire:Enabled"] = $"{isKept}" }).Build();
        using var host = await BenchEngine.StartAsync(redis.Address, services => services.AddFleetHangfire(configuration));
        var store = host.Services.GetRequiredService<RunStore>();
        var keys = host.Services.GetRequiredService<FleetKeys>().Partitions[0];
        var worker = BenchWorker.Start(redis.Address, slots: 512);
        await WarmUpAsync(redis, store, keys);

        var (cpu, own, clock) = (await redis.CpuAsync(), Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        using var over = new CancellationTokenSource();
        var samples = SampleAsync(redis, keys, isKept, over.Token);
        var enqueued = await EnqueueAsync(store);
        var took = clock.Elapsed;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        while (await redis.Database.SortedSetLengthAsync(keys.Final(RunState.Succeeded)) < enqueued + WarmUp) await Task.Delay(20, timeout.Token);
        (cpu, own) = (await redis.CpuAsync() - cpu, Environment.CpuUsage.TotalTime - own);
        while (isKept && await CountedAsync(redis) < enqueued + WarmUp) await Task.Delay(20, timeout.Token);
        var counted = isKept ? $"{await CountedAsync(redis) - WarmUp}" : "-";
        await over.CancelAsync();

        await BenchWorker.StopAsync(worker);
        await host.StopAsync(CancellationToken.None);
        var lags = Lags(await samples);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{(isKept ? "kept" : "none"),-10} {enqueued,8:N0} {enqueued / took.TotalSeconds,8:N0} {Quantile(lags, 0.5),12} {Quantile(lags, 1),12} {counted,9} {cpu / enqueued * 1e6,20:N1} {own.TotalMicroseconds / enqueued,22:N1}"));
    }

    private const int WarmUp = 20_000;

    private static async Task WarmUpAsync(BenchRedis redis, RunStore store, PartitionKeys keys)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        for (var i = 0; i < WarmUp / 1_000; i++) await store.EnqueueAsync([.. Enumerable.Repeat(Spec, 1_000)]);
        while (await redis.Database.SortedSetLengthAsync(keys.Final(RunState.Succeeded)) < WarmUp) await Task.Delay(20, timeout.Token);
    }

    /// <summary>Enqueues at the rate, catching up where a step was late.</summary>
    private async Task<int> EnqueueAsync(RunStore store)
    {
        var (enqueued, clock) = (0, Stopwatch.StartNew());
        while (clock.Elapsed < TimeSpan.FromSeconds(seconds))
        {
            var wanted = (int)(clock.Elapsed.TotalSeconds * rate) - enqueued;
            if (wanted > 0) await store.EnqueueAsync([.. Enumerable.Repeat(Spec, wanted)]);
            enqueued += Math.Max(wanted, 0);
            await Task.Delay(Step, CancellationToken.None);
        }

        return enqueued;
    }

    private static RunSpec Spec => new() { Job = "noop", Input = "{}"u8.ToArray() };

    /// <summary>How many had ended at times, and how many the picture had counted.</summary>
    private static async Task<List<(TimeSpan At, long Ended, long Counted)>> SampleAsync(BenchRedis redis, PartitionKeys keys, bool isKept, CancellationToken over)
    {
        var samples = new List<(TimeSpan, long, long)>();
        var clock = Stopwatch.StartNew();
        while (isKept && !over.IsCancellationRequested)
        {
            var ended = redis.Database.SortedSetLengthAsync(keys.Final(RunState.Succeeded));
            var counted = CountedAsync(redis);
            samples.Add((clock.Elapsed, await ended, await counted));
            await Task.Delay(Step, CancellationToken.None);
        }

        return samples;
    }

    private static async Task<long> CountedAsync(BenchRedis redis) => (long)await redis.Database.StringGetAsync($"{Prefix}stats:succeeded");

    /// <summary>For each sample, since when there were more ended runs than the picture counts.</summary>
    private static List<TimeSpan> Lags(List<(TimeSpan At, long Ended, long Counted)> samples)
    {
        var (lags, first) = (new List<TimeSpan>(), 0);
        foreach (var (at, _, counted) in samples)
        {
            while (samples[first].Ended <= counted && samples[first].At < at) first++;
            lags.Add(at - samples[first].At);
        }

        lags.Sort();
        return lags;
    }

    private static string Quantile(List<TimeSpan> lags, double part) => lags.Count == 0
        ? "-"
        : lags[(int)((lags.Count - 1) * part)].TotalMilliseconds.ToString("N0", CultureInfo.InvariantCulture);
}
