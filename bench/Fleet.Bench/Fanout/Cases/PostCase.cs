using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;
using Fleet.Bench.Processes;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>
/// Runs that a client on Node posts to the API and watches to their end: from the call to the moment at which it has seen
/// <c>queued</c>, <c>started</c> and <c>succeeded</c>. All of Fleet is on the way.
/// </summary>
internal static class PostCase
{
    /// <summary>How long all is warmed up: a request passes through so much code that the runtimes still compile it after half a minute.</summary>
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(45);

    /// <summary>Everything that Node says, in ms.</summary>
    private sealed record Seen(int Runs, double Seconds, int Unfinished, int Duplicates, int OutOfOrder, int Errors, double P50, double P99, double Max);

    public static async Task<FanoutRow> MeasureAsync(double rate, TimeSpan lasts, int notifiers, CancellationToken cancellation)
    {
        await using var servers = await ServerGroup.StartNotifiersAsync(notifiers, cancellation);
        var hubs = servers.Servers.Select(server => $"http://{server.Address}").ToList();
        var api = await servers.StartServiceAsync("api", "Fleet.Api", cancellation);
        await servers.StartServiceAsync("worker", "Fleet.Worker", cancellation);

        var memory = servers.Memory;
        await RunAsync(WarmUp);
        await servers.Redis.ResetStatsAsync();
        var (cpu, redisCpu) = (servers.Cpu, await servers.Redis.CpuAsync());
        var seen = await RunAsync(lasts);
        var commands = await RedisCommands.EachAsync(servers.Redis, seen.Runs);
        return new FanoutRow
        {
            Case = "post",
            System = Contender.Fleet,
            Clients = 1,
            Servers = servers.Servers.Count,
            Rate = rate,
            Size = 0,
            PublishedPerSecond = seen.Runs / seen.Seconds,
            Deliveries = seen.Runs,
            DeliveriesPerSecond = seen.Runs / seen.Seconds,
            P50 = seen.P50,
            P99 = seen.P99,
            Max = seen.Max,
            ServerMicroseconds = (servers.Cpu - cpu) * 1e6 / Math.Max(seen.Runs, 1),
            RedisMicroseconds = (await servers.Redis.CpuAsync() - redisCpu).TotalMicroseconds / Math.Max(seen.Runs, 1),
            RedisCommands = commands.Values.Sum(),
            RedisCommandsByName = commands,
            MemoryGrowth = servers.Memory - memory,
            Reckoning = new Reckoning(seen.Unfinished, seen.Duplicates, seen.OutOfOrder, seen.Errors, 0),
        };

        async Task<Seen> RunAsync(TimeSpan duration)
        {
            using var node = Process.Start(new ProcessStartInfo("node",
            [
                Path.Combine(BenchProgram.Repository, "bench", "peers", "node-client", "post.mjs"), $"http://{api.Address}", string.Join(',', hubs),
                rate.ToString(CultureInfo.InvariantCulture), duration.TotalSeconds.ToString(CultureInfo.InvariantCulture),
            ]) { RedirectStandardOutput = true })!;
            try
            {
                var said = await node.StandardOutput.ReadToEndAsync(cancellation);
                await node.WaitForExitAsync(cancellation);
                return node.ExitCode == 0
                    ? JsonSerializer.Deserialize<Seen>(said, FleetJson.Options)!
                    : throw new MeasurementException($"The client on Node ended with {node.ExitCode}.");
            }
            finally
            {
                if (!node.HasExited) node.Kill();
            }
        }
    }
}
