using System.Globalization;

namespace Fleet.Process.Tests;

/// <summary>However Fleet ends, nothing of it stays behind and nothing is lost.</summary>
public sealed class StopTests : IDisposable
{
    private const int Batch = 2000;

    private readonly Scratch _scratch = new();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    [InlineData("HUP")]
    public async Task Signal_EndsEverythingAndExitsWithZero(string signal)
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);
        Assert.True(Scratch.IsAlive(fleet.RedisId));

        await fleet.Process.SignalAsync(signal);

        Assert.Equal(0, await fleet.Process.ExitAsync());
        Assert.Empty(_scratch.Processes);
        Assert.False(File.Exists(Path.Combine(_scratch.Data, "url")));
    }

    [Fact]
    public async Task CtrlC_InATerminal_LetsRunningRunsEndBeforeRedisDoes()
    {
        await using var fleet = await RunningFleet.StartAsGroupAsync(_scratch.Data);
        var id = await fleet.SubmitAsync("sleep", new { seconds = 2 });
        await Until.TrueAsync(async () => await fleet.CountAsync("running") == 1, "the run is running", TimeSpan.FromSeconds(10));

        await fleet.Process.SignalAsync("INT", group: true);

        Assert.Equal(0, await fleet.Process.ExitAsync());
        Assert.Empty(_scratch.Processes);
        Assert.DoesNotContain(fleet.Process.Errors, line => line.Contains("Redis", StringComparison.Ordinal));
        await using var again = await RunningFleet.StartAsync(_scratch.Data);
        var run = await again.EndAsync(id);
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal(1, run.GetProperty("attempt").GetInt32());
    }

    [Fact]
    public async Task CtrlC_Twice_EndsAtOnce()
    {
        await using var fleet = await RunningFleet.StartAsGroupAsync(_scratch.Data);
        await fleet.SubmitAsync("sleep", new { seconds = 300 });
        await Until.TrueAsync(async () => await fleet.CountAsync("running") == 1, "the run is running", TimeSpan.FromSeconds(10));

        await fleet.Process.SignalAsync("INT", group: true);
        await fleet.Process.LineAsync("Ctrl-C again");
        await fleet.Process.SignalAsync("INT", group: true);

        Assert.Equal(130, await fleet.Process.ExitAsync(TimeSpan.FromSeconds(10)));
        await Until.TrueAsync(() => _scratch.Processes.Count == 0, "nothing is left running", TimeSpan.FromSeconds(10));
    }

    [Fact]
    public async Task Stopped_InTheMiddleOfABatch_FinishesItAfterTheNextStart()
    {
        await using (var first = await RunningFleet.StartAsync(_scratch.Data, "--slots", "8"))
        {
            await first.SubmitManyAsync(Batch, "sleep", new { seconds = 0.02, steps = 1 });
            await Until.TrueAsync(async () => await first.CountAsync("succeeded") >= 100, "the batch is under way", TimeSpan.FromSeconds(30));

            Assert.Equal(0, await first.StopAsync());
        }

        await using var second = await RunningFleet.StartAsync(_scratch.Data);
        // It was in the middle: the second one had something to do.
        Assert.True(await second.CountAsync("succeeded") < Batch);
        await FinishedAsync(second);
    }

    [Fact]
    public async Task Killed_LeavesNoRedisBehindAndRecoversItsRunsAfterTheNextStart()
    {
        await using (var first = await RunningFleet.StartAsync(_scratch.Data, "--slots", "8", "--Fleet:Lease=00:00:02"))
        {
            await first.SubmitManyAsync(Batch, "sleep", new { seconds = 0.02, steps = 1 });
            await Until.TrueAsync(async () => await first.CountAsync("succeeded") >= 100, "the batch is under way", TimeSpan.FromSeconds(30));
            var redis = first.RedisId;

            await first.Process.SignalAsync("KILL");

            Assert.Equal(137, await first.Process.ExitAsync());
            await Until.TrueAsync(() => !Scratch.IsAlive(redis), "Redis ends with it", TimeSpan.FromSeconds(10));
        }

        await using var second = await RunningFleet.StartAsync(_scratch.Data, "--Fleet:Lease=00:00:02");
        await FinishedAsync(second);
    }

    [Fact]
    public async Task WatchdogKilledToo_TheNextStartEndsTheRedisThatWasLeft()
    {
        int redis;
        await using (var first = await RunningFleet.StartAsync(_scratch.Data))
        {
            redis = first.RedisId;
            // Everything but Redis, which nobody is left to watch over.
            foreach (var id in _scratch.Processes.Where(id => id != redis && id != first.Process.Id))
            {
                using var watchdog = System.Diagnostics.Process.GetProcessById(id);
                watchdog.Kill();
            }

            await first.Process.SignalAsync("KILL");
            await first.Process.ExitAsync();
            Assert.True(Scratch.IsAlive(redis));
        }

        await using var second = await RunningFleet.StartAsync(_scratch.Data);

        Assert.False(Scratch.IsAlive(redis));
        Assert.NotEqual(redis, second.RedisId);
        Assert.Equal("succeeded", (await second.EndAsync(await second.SubmitAsync("noop", new { }))).GetProperty("state").GetString());
    }

    [Fact]
    public async Task RedisKilled_IsStartedAgainAndNothingAcceptedIsLost()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data, "--Fleet:Lease=00:00:02");
        var before = await fleet.EndAsync(await fleet.SubmitAsync("noop", new { }));
        var redis = fleet.RedisId;
        // The append-only file reaches the system, which outlives Redis, before each reply.
        using (var process = System.Diagnostics.Process.GetProcessById(redis)) process.Kill();

        await fleet.Process.LineAsync("Redis is back");

        Assert.NotEqual(redis, fleet.RedisId);
        await Until.TrueAsync(
            async () =>
            {
                using var ready = await fleet.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
                return ready.IsSuccessStatusCode;
            }, "it is ready again", TimeSpan.FromSeconds(30));
        Assert.Equal("succeeded", (await fleet.EndAsync(before.GetProperty("id").GetString()!)).GetProperty("state").GetString());
        Assert.Equal("succeeded", (await fleet.EndAsync(await fleet.SubmitAsync("noop", new { }))).GetProperty("state").GetString());
        Assert.Equal(0, await fleet.StopAsync());
        Assert.Empty(_scratch.Processes);
    }

    public void Dispose() => _scratch.Dispose();

    private static async Task FinishedAsync(RunningFleet fleet)
    {
        await Until.TrueAsync(async () => await fleet.CountAsync("succeeded") == Batch, $"all {Batch.ToString(CultureInfo.InvariantCulture)} runs have succeeded", TimeSpan.FromSeconds(60));
        Assert.Equal(0, await fleet.CountAsync("queued"));
        Assert.Equal(0, await fleet.CountAsync("running"));
        Assert.Equal(0, await fleet.CountAsync("failed"));
    }
}
