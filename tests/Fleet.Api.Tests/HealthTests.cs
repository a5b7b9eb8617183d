using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class HealthTests(RedisServer redis)
{
    [Theory]
    [InlineData("/livez")]
    [InlineData("/readyz")]
    public async Task Healthy_IsFine(string path)
    {
        await using var api = await ApiHost.StartAsync(redis);

        Assert.Equal(200, (await api.GetAsync(path)).Status);
        Assert.Equal(200, (await api.SendAsync(HttpMethod.Head, path)).Status);
    }

    [Fact]
    public async Task Metrics_TellOfProcessRuntimeAndFleet()
    {
        await using var api = await ApiHost.StartAsync(redis);
        await api.CreateAsync("""{"job":"test.job"}""");
        await api.Driver.SucceedOneAsync();
        (await api.GetAsync("/v1/runs/nonsense")).Expect(404);

        var reply = await api.GetAsync("/metrics");

        Assert.Equal(200, reply.Status);
        Assert.Equal("text/plain", reply.MediaType);
        var lines = reply.Content.Split('\n');
        string[] expected =
        [
            "process_cpu_seconds_total ", "process_resident_memory_bytes ", "process_start_time_seconds ",
            "dotnet_gc_collections_total{gc_heap_generation=\"gen0\"} ", "dotnet_thread_pool_thread_count_total ",
            "fleet_runs_accepted_total ", "fleet_runs_taken_total ", "fleet_attempts_ended_total{outcome=\"succeeded\"} ",
            "fleet_api_problems_total{slug=\"unknown-run\"} ",
        ];
        foreach (var name in expected)
        {
            var line = Array.Find(lines, line => line.StartsWith(name, StringComparison.Ordinal));
            Assert.True(line is not null, $"{name} is missing among: {reply.Content}");
            Assert.True(double.Parse(line.AsSpan(name.Length), provider: null) > 0 || name.Contains("gc", StringComparison.Ordinal), line);
        }
    }

    [Fact]
    public async Task Metrics_AreWellFormed()
    {
        await using var api = await ApiHost.StartAsync(redis);

        var lines = (await api.GetAsync("/metrics")).Content.TrimEnd('\n').Split('\n');

        var types = lines.Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')).ToList();
        Assert.Equal(types.Count, types.Select(type => type[2]).Distinct().Count());
        Assert.All(types, type => Assert.Contains(type[3], (string[])["counter", "gauge", "histogram"]));
        Assert.All(lines.Where(line => line[0] != '#'), line => Assert.Matches(@"^[a-z_]+(\{[a-z_]+=""[^""]*""(,[a-z_]+=""[^""]*"")*\})? -?[0-9][0-9.E+-]*$", line));
    }

    [Fact]
    public void MapTwice_MapsOnce()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddFleetEngine(builder.Configuration).AddFleetHealth().AddFleetHealth();
        using var app = builder.Build();

        app.MapFleetHealth();
        app.MapFleetHealth();

        Assert.Equal(3, ((IEndpointRouteBuilder)app).DataSources.Sum(source => source.Endpoints.Count));
    }
}
