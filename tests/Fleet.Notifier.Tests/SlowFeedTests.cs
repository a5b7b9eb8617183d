using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Notifier.Tests;

/// <summary>Somebody who watches the feed and reads nothing for a while.</summary>
public sealed class SlowFeedTests(RedisServer redis) : IClassFixture<RedisServer>
{
    /// <summary>How many runs change: some megabytes of news, more than the kernel's buffers hide, and fewer than wait for one watcher.</summary>
    private const int Runs = 18_000;

    private const int AtATime = 2_000;

    private static readonly string Job = new('j', 100);

    [Fact]
    public async Task FeedStream_NobodyReadsIt_TheOthersGoOnAndItLearnsTheEndOfEachRun()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        using var narrow = new HttpClient(LittleRoom.Handler()) { BaseAddress = app.Url, Timeout = Timeout.InfiniteTimeSpan };
        await using var stuck = await EventStream.OpenAsync(narrow, "v1/feed/stream");
        await stuck.NextAsync("snapshot");
        await using var client = await app.ConnectAsync();
        var table = await FeedTable.WatchAsync(client, new FeedFilter());

        for (var done = AtATime; done <= Runs; done += AtATime)
        {
            await app.Driver.EnqueueManyAsync(AtATime, Job);
            while (await app.Driver.TakeAsync(512) is { Count: > 0 } taken) await app.Driver.FinishAsync(taken);
            await Eventually.IsTrueAsync(() => table.Runs.Values.Count(run => run.State.IsFinal()) == done);
        }

        var ended = new HashSet<string>();
        var most = 0;
        while (ended.Count < Runs)
        {
            var news = await stuck.NextAsync();
            Assert.NotEqual("resync", news.EventType);
            if (news.EventType != "feed") continue;
            using var runs = JsonDocument.Parse(news.Data);
            most = Math.Max(most, runs.RootElement.GetArrayLength());
            foreach (var run in runs.RootElement.EnumerateArray())
            {
                if (run.GetProperty("state").GetString() == "succeeded") Assert.True(ended.Add(run.GetProperty("id").GetString()!), "An end came twice.");
            }
        }

        // What changed while its connection took nothing came in one piece.
        Assert.InRange(most, AtATime + 1, Runs);
        Assert.Equal(table.Runs.Keys.Select(id => id.ToString()).Order(), ended.Order());
    }
}
