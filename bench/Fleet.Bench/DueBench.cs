using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fleet.Engine;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Bench;

/// <summary>How late runs are queued whose time has come, by Redis's clock, while none or very many others wait for theirs.</summary>
internal sealed class DueBench(int runs, int waiting)
{
    private const int BatchRuns = 10_000;
    private static readonly JsonSerializerOptions Indented = new(FleetJson.Options) { WriteIndented = true };
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(10);

    public static Command Command()
    {
        var runs = new Option<int>("--runs") { Description = "How many runs come due, spread over ten seconds.", DefaultValueFactory = _ => 2_000 };
        var waiting = new Option<int>("--waiting") { Description = "How many others wait for a later time.", DefaultValueFactory = _ => 1_000_000 };
        var json = new Option<bool>("--json") { Description = "One JSON document instead of a table." };
        var command = new Command("due", "How late scheduled runs are, with and without many others waiting.") { runs, waiting, json };
        command.SetAction(async (parsed, _) =>
        {
            var without = await new DueBench(parsed.GetValue(runs), 0).MeasureAsync();
            var with = await new DueBench(parsed.GetValue(runs), parsed.GetValue(waiting)).MeasureAsync();
            Print([without, with], parsed.GetValue(json));
            return 0;
        });
        return command;
    }

    private async Task<Lateness> MeasureAsync()
    {
        await using var redis = await BenchRedis.StartAsync(appendOnly: true);
        using var host = await BenchEngine.StartAsync(redis.Address, services => services.AddFleetSweep());
        var store = host.Services.GetRequiredService<RunStore>();
        var keys = host.Services.GetRequiredService<FleetKeys>().Partitions[0];

        for (var left = waiting; left > 0; left -= BatchRuns)
            await store.EnqueueAsync([.. Enumerable.Range(0, Math.Min(left, BatchRuns)).Select(i => Spec(TimeSpan.FromHours(1 + i % 24)))]);

        var cpu = await redis.CpuAsync();
        var due = await store.EnqueueAsync([.. Enumerable.Range(1, runs).Select(i => Spec(Window * i / runs))]);
        using var timeout = new CancellationTokenSource(Window * 6);
        while (await redis.Database.SortedSetLengthAsync(keys.Due) > waiting) await Task.Delay(20, timeout.Token);
        cpu = await redis.CpuAsync() - cpu;

        var reader = host.Services.GetRequiredService<RunReader>();
        var late = new List<double>();
        foreach (var result in due)
        {
            var events = (await reader.GetAsync(result.Id))!.Lifecycle;
            late.Add((events[1].At - events[0].Data!.Value.GetProperty("dueAt").GetDateTimeOffset()).TotalMilliseconds);
        }

        await host.StopAsync(CancellationToken.None);
        late.Sort();
        return new Lateness(waiting, runs, late[late.Count / 2], late[late.Count * 99 / 100], late[^1], cpu / runs * 1e6);
    }

    private static RunSpec Spec(TimeSpan delay) => new() { Job = "noop", Input = "{}"u8.ToArray(), Delay = delay };

    private static void Print(IReadOnlyList<Lateness> rows, bool json)
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(rows, Indented));
            return;
        }

        Console.WriteLine("others waiting   runs   p50 ms   p99 ms   max ms   Redis CPU µs a run");
        foreach (var row in rows)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Waiting,14:N0} {row.Runs,6:N0} {row.P50,8:N0} {row.P99,8:N0} {row.Max,8:N0} {row.RedisMicroseconds,20:N0}"));
        }
    }

    /// <summary>How late runs were, in ms.</summary>
    private sealed record Lateness(int Waiting, int Runs, double P50, double P99, double Max, double RedisMicroseconds);
}
