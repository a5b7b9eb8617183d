using System.Globalization;

namespace Fleet.Workers.Tests;

/// <summary>What a worker asks of Redis that has nothing to do.</summary>
public sealed class IdleTests : IAsyncLifetime
{
    private readonly RedisServer _redis = RedisServer.OfItsOwn();
    private readonly Stage _stage = new();

    public Task InitializeAsync() => _redis.InitializeAsync();

    public Task DisposeAsync() => _redis.DisposeAsync();

    [Fact]
    public async Task A_wait_whose_time_is_up_is_followed_by_the_next_and_by_nothing_else()
    {
        await using var worker = await Worker.StartAsync(_redis, _stage, RedisServer.NewPrefix());
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
        await Until.TrueAsync("the worker waits", async () => await BlockedClients.CountAsync(worker.Redis.Database) == 1);

        // Each wait asks as whom Redis knows it.
        var (waits, reads) = (await CallsAsync(worker, "client|id"), await CallsAsync(worker, "xreadgroup"));
        await Until.TrueAsync("two more waits begin", async () => await CallsAsync(worker, "client|id") == waits + 2);

        // A take reads each priority's line.
        Assert.InRange(await CallsAsync(worker, "xreadgroup") - reads, 1, Priorities.All.Count);
        await worker.RunAsync(await worker.EnqueueAsync("ok"), RunState.Succeeded);
    }

    private static async Task<int> CallsAsync(Worker worker, string command)
    {
        var stats = (string)(await worker.Redis.Database.ExecuteAsync("INFO", "commandstats"))!;
        var line = stats.Split("\r\n").FirstOrDefault(line => line.StartsWith($"cmdstat_{command}:calls=", StringComparison.Ordinal));
        return line is null ? 0 : int.Parse(line.Split('=', ',')[1], CultureInfo.InvariantCulture);
    }
}
