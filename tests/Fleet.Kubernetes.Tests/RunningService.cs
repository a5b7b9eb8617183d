using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>A service as a process of its own, as a pod has it, and what one can ask it.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly StartedProcess _process;

    private RunningService(StartedProcess process, Uri url) => (_process, Http) = (process, new HttpClient { BaseAddress = url, Timeout = Patience });

    public HttpClient Http { get; }

    /// <summary>Everything it wrote.</summary>
    public string Told => _process.Told;

    /// <summary>Starts a program and waits until it is ready.</summary>
    /// <param name="program">The program's path.</param>
    /// <param name="environment">Its environment, besides where it listens.</param>
    public static async Task<RunningService> StartAsync(string program, params (string Name, string? Value)[] environment)
    {
        var url = new Uri($"http://127.0.0.1:{RedisServer.FreePort()}");
        var service = new RunningService(StartedProcess.Start("dotnet", [program], null, [("ASPNETCORE_URLS", url.ToString()), .. environment]), url);
        try
        {
            await Until.TrueAsync(async () => await service.AnswersAsync("/readyz"), $"{program} is ready", Patience);
            return service;
        }
        catch (Exception e)
        {
            await service.DisposeAsync();
            throw new InvalidOperationException($"{e.Message} It wrote:\n{service.Told}", e);
        }
    }

    public async Task<bool> AnswersAsync(string path)
    {
        try
        {
            using var answer = await Http.GetAsync(new Uri(path, UriKind.Relative));
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async Task<JsonElement> GetAsync(string path) => await Http.GetFromJsonAsync<JsonElement>(new Uri(path, UriKind.Relative));

    /// <summary>Has many runs of one job taken; returns their ids.</summary>
    public async Task<IReadOnlyList<string>> SubmitAsync(int count, string job, object input)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/runs/batch", new { runs = Enumerable.Repeat(new { job, input }, count) });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return [.. (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ids").EnumerateArray().Select(id => id.GetString()!)];
    }

    /// <summary>Waits for a run's end.</summary>
    public async Task<JsonElement> EndAsync(string id)
    {
        using var answer = await Http.GetAsync(new Uri($"/v1/runs/{id}/wait?timeout=50", UriKind.Relative));
        Assert.True((int)answer.StatusCode == 200, $"{id} has not ended.");
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>The words of a run's timeline that are not its own.</summary>
    public async Task<string> StoryAsync(string id) => string.Join(' ', (await GetAsync($"/v1/runs/{id}/events")).GetProperty("items").EnumerateArray()
        .Select(e => e.GetProperty("type").GetString()).Where(type => type is not ("progress" or "log")));

    /// <summary>Asks it to end, as Kubernetes does, and waits for that.</summary>
    public async Task StopAsync()
    {
        await _process.SignalAsync("TERM");
        Assert.True(await _process.ExitAsync() == 0, Told);
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }
}
