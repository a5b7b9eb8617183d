using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>The three services as processes of their own on one Redis, the way they run for real.</summary>
public sealed class ServicesTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();

    [Fact]
    public async Task ApiWorkerAndNotifier_EachAlone_DoARunEndToEnd()
    {
        await using var api = Start("api", "Fleet.Api", out var apiUrl);
        await using var worker = Start("worker", "Fleet.Worker", out var workerUrl);
        await using var notifier = Start("notifier", "Fleet.Notifier", out var notifierUrl);
        using var http = new HttpClient();
        foreach (var url in new[] { apiUrl, workerUrl, notifierUrl }) await ReadyAsync(http, url);
        await Until.TrueAsync(
            async () => (await http.GetStringAsync(new Uri(apiUrl, "/v1/jobs"))).Contains("\"sleep\"", StringComparison.Ordinal),
            "the worker has announced its jobs", TimeSpan.FromSeconds(20));

        using var created = await http.PostAsJsonAsync(new Uri(apiUrl, "/v1/runs"), new { job = "sleep", input = new { seconds = 1 } });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        await using var curl = StartedProcess.Start("curl", ["-sN", $"{notifierUrl}v1/runs/{id}/stream"]);

        await curl.LineAsync("event: started");
        await curl.LineAsync("event: succeeded");
        var run = await http.GetFromJsonAsync<JsonElement>(new Uri(apiUrl, $"/v1/runs/{id}/wait?timeout=20"));
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        foreach (var service in new[] { worker, notifier, api })
        {
            await service.SignalAsync("TERM");
            Assert.Equal(0, await service.ExitAsync());
        }
    }

    [Fact]
    public async Task Worker_ToldToStop_LeavesItsRunToTheOtherOne()
    {
        await using var api = Start("api", "Fleet.Api", out var apiUrl);
        await using var first = Start("worker", "Fleet.Worker", out var firstUrl, "--Fleet:Worker:Name=first", "--Fleet:Worker:DrainTimeout=00:00:01");
        using var http = new HttpClient();
        await ReadyAsync(http, apiUrl);
        await ReadyAsync(http, firstUrl);
        // Longer than the second worker takes to start on a busy machine.
        using var created = await http.PostAsJsonAsync(new Uri(apiUrl, "/v1/runs"), new { job = "sleep", input = new { seconds = 20 } });
        var id = (await created.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString();
        await Until.TrueAsync(async () => (await WorkerAsync(http, apiUrl, id)) == "first", "the first worker has it", TimeSpan.FromSeconds(20));
        await using var second = Start("worker", "Fleet.Worker", out var secondUrl, "--Fleet:Worker:Name=second");
        await ReadyAsync(http, secondUrl);

        await first.SignalAsync("TERM");

        Assert.Equal(0, await first.ExitAsync());
        var run = await http.GetFromJsonAsync<JsonElement>(new Uri(apiUrl, $"/v1/runs/{id}/wait?timeout=60"));
        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal("second", run.GetProperty("worker").GetString());
    }

    [Theory]
    [InlineData("api", "Fleet.Api")]
    [InlineData("worker", "Fleet.Worker")]
    [InlineData("notifier", "Fleet.Notifier")]
    public async Task Health_OfARunningAndOfAStoppedService_IsToldByTheProgramItself(string service, string assembly)
    {
        await using var running = Start(service, assembly, out var url);
        using var http = new HttpClient();
        await ReadyAsync(http, url);
        var program = Repository.Program(service, assembly);

        await using var well = StartedProcess.Start("dotnet", [program, "--health", $"{url}livez"]);
        Assert.Equal(0, await well.ExitAsync());
        Assert.Empty(well.Errors);

        await using var wrong = StartedProcess.Start("dotnet", [program, "--health", $"{url}nowhere"]);
        Assert.Equal(1, await wrong.ExitAsync());
        Assert.Contains("404", Assert.Single(wrong.Errors), StringComparison.Ordinal);

        await running.SignalAsync("TERM");
        await running.ExitAsync();
        await using var gone = StartedProcess.Start("dotnet", [program, "--health", $"{url}livez"]);
        Assert.Equal(1, await gone.ExitAsync());
        Assert.Contains("does not answer", Assert.Single(gone.Errors), StringComparison.Ordinal);
    }

    private static async Task ReadyAsync(HttpClient http, Uri url) => await Until.TrueAsync(
        async () =>
        {
            try
            {
                using var answer = await http.GetAsync(new Uri(url, "/readyz"));
                return answer.IsSuccessStatusCode;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, $"{url} is ready", TimeSpan.FromSeconds(30));

    private static async Task<string?> WorkerAsync(HttpClient http, Uri api, string? id) =>
        (await http.GetFromJsonAsync<JsonElement>(new Uri(api, $"/v1/runs/{id}"))).GetProperty("worker").GetString();

    private StartedProcess Start(string service, string assembly, out Uri url, params string[] more)
    {
        url = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}/");
        return StartedProcess.Start("dotnet",
            [Repository.Program(service, assembly), $"--urls={url}", $"--Fleet:Redis={redis.Address}", $"--Fleet:Prefix={_prefix}", .. more]);
    }
}
