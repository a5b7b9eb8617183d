using System.Diagnostics;
using Fleet.Engine.Redis;
using Fleet.Testing;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fleet.Api.Tests;

/// <summary>What a caller is told who wants replicas to have its run, on a Redis with one replica.</summary>
public sealed class DurabilityTests : IAsyncLifetime
{
    private const string OneReplica = """{"job":"test.job","durability":"replicated:1"}""";
    private const string TwoReplicas = """{"job":"test.job","durability":"replicated:2"}""";

    private readonly RedisServer _master = RedisServer.OfItsOwn();
    private RedisServer _replica = null!;
    private ApiHost _api = null!;

    public async Task InitializeAsync()
    {
        await _master.InitializeAsync();
        _replica = RedisServer.OfItsOwn("--replicaof", "127.0.0.1", _master.Address.Split(':')[1]);
        await _replica.InitializeAsync();
        _api = await ApiHost.StartAsync(_master, ("Fleet:ReplicationTimeout", "00:00:01"), ("Fleet:Partitions", "3"));
        await Eventually.IsTrueAsync(async () => (await MasterAsync("INFO", "replication")).Contains("state=online", StringComparison.Ordinal));
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        await _replica.DisposeAsync();
        await _master.DisposeAsync();
    }

    [Fact]
    public async Task Create_ReplicatedToOne_IsOnTheReplicaWhenItIsAnswered()
    {
        await using var replica = await ConnectionMultiplexer.ConnectAsync(_replica.Address);
        for (var i = 0; i < 20; i++)
        {
            var id = await _api.CreateAsync(OneReplica);
            Assert.True(await replica.GetDatabase().KeyExistsAsync(KeyOf(id)));
        }

        var batch = (await _api.PostAsync("/v1/runs/batch", $$"""{"runs":[{"job":"test.job"},{{OneReplica}},{"job":"test.job"}]}""")).Expect(201);
        var ids = batch.Json.GetProperty("ids").EnumerateArray().Select(id => id.GetString()!).ToList();
        Assert.Equal(3, ids.Count);
        foreach (var id in ids) Assert.True(await replica.GetDatabase().KeyExistsAsync(KeyOf(id)));
    }

    [Fact]
    public async Task Create_MoreReplicasThanThereAre_IsToldSoInTime_AndTheRunIsThere()
    {
        var took = Stopwatch.StartNew();
        var reply = NotReplicated(await _api.PostAsync("/v1/runs", TwoReplicas));

        Assert.InRange(took.Elapsed, TimeSpan.FromSeconds(0.9), TimeSpan.FromSeconds(2));
        Assert.True(int.Parse(reply.Headers["Retry-After"], provider: null) > 0);
        var id = reply.Text("runId");
        Assert.Contains(id, reply.Text("detail"), StringComparison.Ordinal);
        Assert.Equal("queued", (await _api.GetAsync($"/v1/runs/{id}")).Expect(200).Text("state"));

        var batch = NotReplicated(await _api.PostAsync("/v1/runs/batch", $$"""{"runs":[{{TwoReplicas}},{"job":"test.job"}]}"""));
        foreach (var run in batch.Json.GetProperty("runIds").EnumerateArray()) (await _api.GetAsync($"/v1/runs/{run.GetString()}")).Expect(200);
        Assert.Equal(2, batch.Json.GetProperty("runIds").GetArrayLength());
    }

    [Fact]
    public async Task Create_ReplicaIsFrozen_IsNotAnsweredFor_AndTheSameRequestIsOnceItGoesOn()
    {
        await _replica.FreezeAsync();
        var first = NotReplicated(await _api.PostAsync("/v1/runs", OneReplica, ("Idempotency-Key", "k")));
        // The earlier run is no safer than before.
        var second = NotReplicated(await _api.PostAsync("/v1/runs", OneReplica, ("Idempotency-Key", "k")));
        Assert.Equal(first.Text("runId"), second.Text("runId"));

        await _replica.ThawAsync();
        var third = (await _api.PostAsync("/v1/runs", OneReplica, ("Idempotency-Key", "k"))).Expect(200);
        Assert.Equal(first.Text("runId"), third.Text("id"));
    }

    [Fact]
    public async Task Create_ManyWhileTheReplicaIsFrozen_AreAllAnsweredInTime_AndHoldUpNothingElse()
    {
        await _replica.FreezeAsync();
        var took = Stopwatch.StartNew();
        var waiting = Enumerable.Range(0, 40).Select(_ => _api.PostAsync("/v1/runs", OneReplica)).ToList();

        for (var i = 0; i < 20; i++) await _api.CreateAsync("""{"job":"test.job"}""");
        Assert.DoesNotContain(waiting, answer => answer.IsCompleted);

        foreach (var answer in waiting) NotReplicated(await answer);
        Assert.True(took.Elapsed < TimeSpan.FromSeconds(3), $"It took {took.Elapsed}.");
    }

    [Fact]
    public async Task Create_NothingSaid_IsAsSafeAsConfigured()
    {
        await using var api = await ApiHost.StartAsync(_master, ("Fleet:ReplicationTimeout", "00:00:00.3"), ("Fleet:Durability", "replicated:2"));
        var run = NotReplicated(await api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Text("runId");
        NotReplicated(await api.PostAsync($"/v1/runs/{run}/fork"));
        await api.CreateAsync("""{"job":"test.job","durability":"redis"}""");
        await api.CreateAsync(OneReplica);
    }

    [Theory]
    [InlineData("replicated")]
    [InlineData("replicated:0")]
    [InlineData("replicated:101")]
    [InlineData("fsync")]
    public async Task Create_NoSuchDurability_IsNamed(string durability) =>
        (await _api.PostAsync("/v1/runs", $$"""{"job":"test.job","durability":"{{durability}}"}""")).ExpectFields("durability");

    private static Reply NotReplicated(Reply reply)
    {
        reply.ExpectProblem(503, "not-replicated");
        return reply;
    }

    private string KeyOf(string id) => _api.Services.GetRequiredService<FleetKeys>().Of(RunId.Parse(id))!.Run(RunId.Parse(id)).ToString();

    private async Task<string> MasterAsync(string command, params object[] arguments) =>
        (string)(await _api.Services.GetRequiredService<RedisConnection>().Database.ExecuteAsync(command, arguments))!;
}
