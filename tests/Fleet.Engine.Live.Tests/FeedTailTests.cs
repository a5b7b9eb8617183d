using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Engine.Live.Tests;

/// <summary>Reading the durable feed on from where a reader stopped.</summary>
public sealed class FeedTailTests(RedisServer server) : IClassFixture<RedisServer>
{
    [Fact]
    public async Task Every_change_is_read_once_and_in_order_however_few_at_a_time()
    {
        await using var host = await LiveHost.StartAsync(server);
        var tail = new FeedTail(host.Keys, host.Redis);
        await host.Driver.EnqueueManyAsync(3);
        await host.Driver.FinishAsync(await host.Driver.TakeAsync(2));

        var (states, position) = (new List<RunState>(), FeedTail.Start);
        while (await tail.ReadAsync(0, position, 1) is { Items.Count: > 0 } part)
        {
            Assert.True(part.IsWhole);
            position = part.Position;
            states.AddRange(part.Items.Select(item => item.State));
        }

        Assert.Equal([RunState.Queued, RunState.Queued, RunState.Queued, RunState.Succeeded, RunState.Succeeded], states);
        var end = await tail.EndAsync(0);
        Assert.Equal((position, true, 2, 0), (end.Position, end.IsLast, end.Ended[RunState.Succeeded], end.Ended[RunState.Failed]));
    }

    [Fact]
    public async Task How_many_have_ended_is_told_as_of_the_end_of_what_was_read()
    {
        await using var host = await LiveHost.StartAsync(server);
        var tail = new FeedTail(host.Keys, host.Redis);
        await host.Driver.EnqueueManyAsync(3);
        await host.Driver.FinishAsync(await host.Driver.TakeAsync(1), AttemptOutcome.Failed);
        var part = await tail.ReadAsync(0, FeedTail.Start, 100);
        Assert.Equal((true, 1, 0), (part.IsLast, part.Ended[RunState.Failed], part.Ended[RunState.Succeeded]));
        Assert.False((await tail.ReadAsync(0, FeedTail.Start, 1)).IsLast);
    }

    [Fact]
    public async Task What_was_dropped_before_it_was_read_is_told()
    {
        await using var host = await LiveHost.StartAsync(server);
        var tail = new FeedTail(host.Keys, host.Redis);
        Assert.True((await tail.ReadAsync(0, FeedTail.Start, 100)).IsWhole);
        await host.Driver.EnqueueAsync();
        var read = await tail.ReadAsync(0, FeedTail.Start, 100);
        await host.Driver.EnqueueAsync();
        await host.Driver.EnqueueAsync();
        Assert.True((await tail.ReadAsync(0, read.Position, 100)).IsWhole);

        await host.Redis.Database.StreamTrimAsync(host.Keys.Partitions[0].Events, 1, useApproximateMaxLength: false);
        Assert.False((await tail.ReadAsync(0, read.Position, 100)).IsWhole);
        Assert.False((await tail.ReadAsync(0, FeedTail.Start, 100)).IsWhole);

        // A Redis that lost its last writes does not know the position either.
        var end = await tail.EndAsync(0);
        await host.Redis.Database.KeyDeleteAsync(host.Keys.Partitions[0].Events);
        Assert.False((await tail.ReadAsync(0, end.Position, 100)).IsWhole);
    }
}
