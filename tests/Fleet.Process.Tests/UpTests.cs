using System.Net;

namespace Fleet.Process.Tests;

/// <summary>What <c>./fleet up</c> promises while all goes well.</summary>
public sealed class UpTests : IDisposable
{
    private readonly Scratch _scratch = new();

    [Fact]
    public async Task Up_IsReady_TakesARunOverHttpAndFinishesIt()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);

        var run = await fleet.EndAsync(await fleet.SubmitAsync("text.stats", new { text = "to be or not to be" }));

        Assert.Equal("succeeded", run.GetProperty("state").GetString());
        Assert.Equal(6, run.GetProperty("output").GetProperty("words").GetInt32());
    }

    [Fact]
    public async Task Up_Ready_SaysWhereItIsInOneLineAndInAFile()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);

        var line = Assert.Single(fleet.Process.Output);
        Assert.Matches(@"^Fleet is ready at http://127\.0\.0\.1:\d+ \(data in .+, Ctrl-C stops\)$", line);
        Assert.Equal(fleet.Http.BaseAddress, new Uri(File.ReadAllText(Path.Combine(_scratch.Data, "url")).Trim()));
        using var answer = await fleet.Http.GetAsync(new Uri("/readyz", UriKind.Relative));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Empty(fleet.Process.Errors);
    }

    [Fact]
    public async Task Up_OnLoopback_RunsCommandsAndReadsAnyFile()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);
        var file = Path.Combine(_scratch.Folder, "words.txt");
        await File.WriteAllTextAsync(file, "one two three");

        var command = await fleet.EndAsync(await fleet.SubmitAsync("process", new { file = "true" }));
        var stats = await fleet.EndAsync(await fleet.SubmitAsync("text.stats", new { path = file }));

        Assert.Equal("succeeded", command.GetProperty("state").GetString());
        Assert.Equal(3, stats.GetProperty("output").GetProperty("words").GetInt32());
    }

    [Fact]
    public async Task Up_WhereOthersCanReachIt_RunsNoCommandsAndSaysSo()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data, "--host", "0.0.0.0");

        var jobs = await fleet.Http.GetStringAsync(new Uri("/v1/jobs", UriKind.Relative));

        Assert.DoesNotContain("\"process\"", jobs, StringComparison.Ordinal);
        Assert.Contains("\"text.stats\"", jobs, StringComparison.Ordinal);
        await Until.TrueAsync(() => fleet.Process.Errors.Any(line => line.Contains("0.0.0.0", StringComparison.Ordinal)), "a line says so", TimeSpan.FromSeconds(5));
    }

    [Fact]
    public async Task Up_WithSlots_RunsThatManyAtATime()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data, "--slots", "2");
        await fleet.SubmitManyAsync(6, "sleep", new { seconds = 300 });

        await Until.TrueAsync(async () => await fleet.CountAsync("running") == 2, "two runs are running", TimeSpan.FromSeconds(10));

        Assert.Equal(4, await fleet.CountAsync("queued"));
    }

    [Fact]
    public async Task RedisPassword_IsReadableByItsOwnerOnly()
    {
        await using var fleet = await RunningFleet.StartAsync(_scratch.Data);

        var conf = new FileInfo(Path.Combine(_scratch.Data, "redis", "redis.conf"));

        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, conf.UnixFileMode);
        Assert.Contains("requirepass", await File.ReadAllTextAsync(conf.FullName), StringComparison.Ordinal);
    }

    public void Dispose() => _scratch.Dispose();
}
