using System.Globalization;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>What a deployment's rolling update does to the workers, with real processes: new ones come up beside old ones, which are told to end.</summary>
public sealed class RollingTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();

    [Fact]
    public async Task TwoVersions_SideBySide_EachTakesWhatItKnows_AndWhatOnlyTheNewOneKnowsWaitsForIt()
    {
        await using var api = await ApiAsync();
        // The new version was there before, so that its job is known, and went.
        await using (var canary = await WorkerAsync("canary", isNew: true)) await canary.StopAsync();
        await using var old = await WorkerAsync("old", isNew: false);

        var waiting = await api.SubmitAsync(60, "process", new { file = "true" });
        var known = await api.SubmitAsync(40, "noop", new { });

        // There are more runs that the old version does not know than it has slots, and they were first.
        foreach (var id in known) Assert.Equal("succeeded", (await api.EndAsync(id)).GetProperty("state").GetString());
        await Until.TrueAsync(async () => await ReasonOfAsync(api, waiting[0]) == "no-worker-for-job", "it is explained", TimeSpan.FromSeconds(30));
        Assert.Contains("'process'", (await ReasonAsync(api, waiting[^1])).GetProperty("text").GetString(), StringComparison.Ordinal);
        // Whatever waits for the new version is a demand for it.
        Assert.Equal(60, (await api.GetAsync("/v1/queues/default/demand")).GetProperty("demand").GetInt32());

        await using var @new = await WorkerAsync("new", isNew: true);

        foreach (var id in waiting)
        {
            var run = await api.EndAsync(id);
            Assert.Equal(("succeeded", 1, "new"), (run.GetProperty("state").GetString(), run.GetProperty("attempt").GetInt32(), run.GetProperty("worker").GetString()));
            Assert.Equal("queued started succeeded", await api.StoryAsync(id));
        }

        await old.StopAsync();
        await @new.StopAsync();
    }

    [Fact]
    public async Task RollingRestart_UnderLoad_LosesNoRunAndBurnsNoAttempt()
    {
        await using var api = await ApiAsync();
        List<RunningService> workers = [await WorkerAsync("v1-a", isNew: false), await WorkerAsync("v1-b", isNew: false)];
        try
        {
            List<string> ids = [.. await api.SubmitAsync(400, "sleep", new { seconds = 0.1, steps = 1 })];
            // These do not end within the drain time: they are given back, and begun anew by others.
            var @long = await api.SubmitAsync(4, "sleep", new { seconds = 6, steps = 1 });
            for (var i = 0; i < 2; i++)
            {
                await Until.TrueAsync(async () => await RunningOnAsync(api, i == 0 ? "v1-a" : "v1-b") > 0, "it is busy", TimeSpan.FromSeconds(30));
                workers.Add(await WorkerAsync($"v2-{i.ToString(CultureInfo.InvariantCulture)}", isNew: true));
                ids.AddRange(await api.SubmitAsync(100, "sleep", new { seconds = 0.1, steps = 1 }));
                await workers[i].StopAsync();
            }

            foreach (var id in ids.Concat(@long))
            {
                var run = await api.EndAsync(id);
                Assert.Equal(("succeeded", 1), (run.GetProperty("state").GetString(), run.GetProperty("attempt").GetInt32()));
                var story = await api.StoryAsync(id);
                Assert.EndsWith("started succeeded", story, StringComparison.Ordinal);
                // No lease has lapsed: whoever went gave back what it had.
                Assert.DoesNotContain("recovered", story, StringComparison.Ordinal);
                Assert.DoesNotContain("retrying", story, StringComparison.Ordinal);
            }

            Assert.Equal(0, (await api.GetAsync("/v1/queues/*/demand")).GetProperty("demand").GetInt32());
            Assert.Equal(["v2-0", "v2-1"], (await api.GetAsync("/v1/workers")).GetProperty("items").EnumerateArray().Select(worker => worker.GetProperty("id").GetString()));
        }
        finally
        {
            foreach (var worker in workers) await worker.DisposeAsync();
        }
    }

    private Task<RunningService> ApiAsync() => RunningService.StartAsync(Repository.Program("api", "Fleet.Api"), ("Fleet__Redis", redis.Address), ("Fleet__Prefix", _prefix));

    /// <summary>A worker; the new version has one job more.</summary>
    private Task<RunningService> WorkerAsync(string name, bool isNew) => RunningService.StartAsync(Repository.Program("worker", "Fleet.Worker"),
        ("Fleet__Redis", redis.Address), ("Fleet__Prefix", _prefix), ("Fleet__Worker__Name", name), ("Fleet__Worker__Slots", "4"),
        ("Fleet__Worker__DrainTimeout", "00:00:02"), ("Fleet__Worker__Process__Enabled", isNew ? "true" : "false"));

    private static async Task<JsonElement> ReasonAsync(RunningService api, string id) =>
        (await api.GetAsync($"/v1/runs/{id}/explain")).GetProperty("reasons").EnumerateArray().First();

    private static async Task<string?> ReasonOfAsync(RunningService api, string id) => (await ReasonAsync(api, id)).GetProperty("code").GetString();

    private static async Task<int> RunningOnAsync(RunningService api, string worker) => (await api.GetAsync("/v1/runs?state=running&limit=100")).GetProperty("items")
        .EnumerateArray().Count(run => run.GetProperty("worker").GetString() == worker);
}
