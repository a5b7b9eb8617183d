using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>A started <c>Fleet.Standalone</c> over a data folder, and what one can ask it over HTTP.</summary>
internal sealed class RunningFleet : IAsyncDisposable
{
    private readonly StartedProcess _process;
    private readonly string _data;

    private RunningFleet(StartedProcess process, string data, Uri url)
    {
        (_process, _data) = (process, data);
        Http = new HttpClient { BaseAddress = url, Timeout = TimeSpan.FromSeconds(30) };
    }

    public HttpClient Http { get; }

    public StartedProcess Process => _process;

    /// <summary>The process id of its redis-server.</summary>
    public int RedisId => int.Parse(File.ReadAllText(Path.Combine(_data, "redis", "redis.pid")).Trim(), CultureInfo.InvariantCulture);

    /// <summary>Starts it and waits until it is ready.</summary>
    public static Task<RunningFleet> StartAsync(string data, params string[] more) =>
        ReadyAsync(StartedProcess.Start("dotnet", [StandaloneProgram, .. Arguments(data), .. more]), data);

    /// <summary>Starts it as the leader of a process group, as a shell with a terminal does.</summary>
    public static Task<RunningFleet> StartAsGroupAsync(string data, params string[] more) =>
        ReadyAsync(StartedProcess.Start("setsid", ["dotnet", StandaloneProgram, .. Arguments(data), .. more]), data);

    /// <summary>Waits until a started Fleet says that it is ready.</summary>
    public static async Task<RunningFleet> ReadyAsync(StartedProcess process, string data)
    {
        try
        {
            var line = await process.LineAsync("Fleet is ready at ");
            return new RunningFleet(process, data, new Uri(line.Split(' ')[4]));
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    public static string StandaloneProgram { get; } = Repository.Program("standalone", "Fleet.Standalone");

    /// <summary>Asks it to end, and waits for that.</summary>
    public async Task<int> StopAsync()
    {
        await _process.SignalAsync("TERM");
        return await _process.ExitAsync();
    }

    public async Task<string> SubmitAsync(string job, object input)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/runs", new { job, input });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("id").GetString()!;
    }

    public async Task SubmitManyAsync(int count, string job, object input)
    {
        using var answer = await Http.PostAsJsonAsync("/v1/runs/batch", new { runs = Enumerable.Repeat(new { job, input }, count) });
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal(count, (await answer.Content.ReadFromJsonAsync<JsonElement>()).GetProperty("ids").GetArrayLength());
    }

    /// <summary>Waits for a run's end.</summary>
    public async Task<JsonElement> EndAsync(string id)
    {
        using var answer = await Http.GetAsync(new Uri($"/v1/runs/{id}/wait?timeout=25", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }

    /// <summary>How many runs are in a state.</summary>
    public async Task<int> CountAsync(string state) =>
        (await Http.GetFromJsonAsync<JsonElement>("/v1/stats")).GetProperty("counts").GetProperty(state).GetInt32();

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _process.DisposeAsync();
    }

    private static string[] Arguments(string data) => ["--port", "0", "--data", data];
}
