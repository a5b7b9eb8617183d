using Fleet.Engine.Work;
using Fleet.Testing;

namespace Fleet.Hangfire.Tests;

/// <summary>Tests with processes that keep pictures, each fleet on a prefix of its own.</summary>
public abstract class PictureTests(RedisServer server) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly List<FleetWithPicture> _fleets = [];

    internal RedisServer Server { get; } = server;

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (var fleet in _fleets) await fleet.DisposeAsync();
    }

    /// <summary>A process whose picture has begun: what ended before that belongs to no day and no hour.</summary>
    internal async Task<FleetWithPicture> StartAsync(Dictionary<string, string?>? settings = null)
    {
        var fleet = await StartProcessAsync(settings);
        await Eventually.IsTrueAsync(() => fleet.Redis.KeyExistsAsync(fleet.Keys.Progress), "the picture has begun");
        return fleet;
    }

    /// <summary>Another process of the same deployment.</summary>
    internal Task<FleetWithPicture> StartAnotherAsync(
        FleetWithPicture fleet, Dictionary<string, string?>? settings = null, Action<FleetWithPicture>? prepare = null) =>
        StartProcessAsync(new Dictionary<string, string?>(settings ?? []) { ["Fleet:Prefix"] = fleet.Prefix }, prepare);

    private async Task<FleetWithPicture> StartProcessAsync(Dictionary<string, string?>? settings, Action<FleetWithPicture>? prepare = null)
    {
        var fleet = await FleetWithPicture.StartAsync(Server, settings, prepare);
        _fleets.Add(fleet);
        return fleet;
    }

    internal const string Error = """{"type":"Boom","message":"no","detail":null}""";

    internal static DateTime Now => TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>Has a run taken and ended.</summary>
    internal static async Task<RunId> EndAsync(FleetWithPicture fleet, AttemptOutcome outcome, string payload)
    {
        // A queue for each outcome, so that what was put back into one comes first there.
        var queue = $"{outcome}".ToLowerInvariant();
        await fleet.EnqueueAsync(queue: queue);
        var run = await fleet.StartOneAsync(queue);
        await fleet.EndAsync(run, outcome, payload, TimeSpan.FromHours(1));
        return run.Id;
    }

    /// <summary>Holds that of no run there is more than what is listed, and nothing is listed twice or greyed.</summary>
    internal static async Task AssertNothingIsLeftOverAsync(FleetWithPicture fleet)
    {
        var listed = new List<string>();
        var dashboard = fleet.Dashboard;
        foreach (var list in (await dashboard.QueuesAsync()).Keys.Select(fleet.Keys.Queue).Append(fleet.Keys.Succeeded).Append(fleet.Keys.Deleted))
            listed.AddRange((await fleet.Redis.ListRangeAsync(list)).Select(id => id.ToString()));
        foreach (var set in new[] { fleet.Keys.Schedule, fleet.Keys.Processing, fleet.Keys.Failed })
            listed.AddRange((await fleet.Redis.SortedSetRangeByRankAsync(set)).Select(member => member.ToString().Split(':')[^1]));
        var jobs = new List<string>();
        await foreach (var key in fleet.Redis.Multiplexer.GetServers()[0].KeysAsync(pattern: $"{fleet.Keys.Job("")}*"))
            jobs.Add(key.ToString()[fleet.Keys.Job("").Length..]);
        Assert.Equal(listed.Order(), jobs.Select(job => job.Split(':')[0]).Distinct().Order());
        Assert.Equal(listed.Order(), (await fleet.Redis.HashKeysAsync(fleet.Keys.Runs)).Select(id => id.ToString()).Order());
        Assert.All(await dashboard.SucceededAsync(500), row => Assert.True(row.InState("Succeeded")));
        Assert.All(await dashboard.FailedAsync(500), row => Assert.True(row.InState("Failed")));
        Assert.All(await dashboard.DeletedAsync(500), row => Assert.True(row.InState("Deleted")));
    }
}
