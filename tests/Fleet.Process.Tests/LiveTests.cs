using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>What <c>curl -N</c> shows while a run goes on.</summary>
public sealed class LiveTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Curl_OnARunsStream_ShowsItsEventsWhileItRuns()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);
        var id = await fleet.SubmitAsync("sleep", new { seconds = 300, steps = 1000 });
        await using var curl = StartedProcess.Start("curl", ["-sN", $"{fleet.Http.BaseAddress}v1/runs/{id}/stream"]);

        await curl.LineAsync("event: queued");
        await curl.LineAsync("event: started");
        await curl.LineAsync("event: progress");

        // All of that came while it ran.
        Assert.Equal(1, await fleet.CountAsync("running"));
        using var cancel = await fleet.Http.PostAsync(new Uri($"/v1/runs/{id}/cancel", UriKind.Relative), null);
        await curl.LineAsync("event: cancelled");
        Assert.Equal(0, await curl.ExitAsync());
        var seqs = curl.Output.Where(line => line.StartsWith("id: ", StringComparison.Ordinal)).Select(line => int.Parse(line[4..], provider: null)).ToList();
        Assert.Equal(Enumerable.Range(1, seqs.Count), seqs);
    }

    [Fact]
    public async Task Curl_OnTheFeed_ShowsEveryRunsEnd()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);
        await using var curl = StartedProcess.Start("curl", ["-sN", $"{fleet.Http.BaseAddress}v1/feed/stream"]);
        await curl.LineAsync("event:");

        var id = await fleet.SubmitAsync("noop", new { });

        string line;
        do line = await curl.LineAsync(id);
        while (!line.Contains("\"succeeded\"", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Stop_WhileSomebodyWatches_DoesNotWaitForThem()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);
        await using var feed = StartedProcess.Start("curl", ["-sN", $"{fleet.Http.BaseAddress}v1/feed/stream"]);
        await feed.LineAsync("event:");
        var id = await fleet.SubmitAsync("sleep", new { seconds = 2 });
        await using var run = StartedProcess.Start("curl", ["-sN", $"{fleet.Http.BaseAddress}v1/runs/{id}/stream"]);
        await run.LineAsync("event: started");
        await using var wait = StartedProcess.Start("curl", ["-s", $"{fleet.Http.BaseAddress}v1/runs/{id}/wait?timeout=60"]);
        await using var negotiation = StartedProcess.Start("curl", ["-sN", "-X", "POST", $"{fleet.Http.BaseAddress}hubs/runs/negotiate?negotiateVersion=1"]);
        var connection = JsonDocument.Parse(await negotiation.LineAsync("connectionToken")).RootElement.GetProperty("connectionToken").GetString()!;
        await using var hub = StartedProcess.Start(
            "curl", ["-sN", "-H", "Accept: text/event-stream", $"{fleet.Http.BaseAddress}hubs/runs?id={Uri.EscapeDataString(connection)}"]);

        await fleet.Process.SignalAsync("TERM");

        // The run's two seconds, not the half minute that a host gives to requests that do not end.
        Assert.Equal(0, await fleet.Process.ExitAsync(TimeSpan.FromSeconds(15)));
        Assert.Empty(_scratch.Processes);
    }

    public void Dispose() => _scratch.Dispose();
}
