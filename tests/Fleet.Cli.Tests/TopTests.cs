using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Fleet.RealFleet;
using Fleet.Testing;

namespace Fleet.Cli.Tests;

/// <summary><c>fleet top</c> and <c>fleet runs --watch</c>: pages that stay up to date, on a real pseudo-terminal and into pipes.</summary>
public sealed class TopTests(RunningFleet fleet) : FleetTest(fleet)
{
    private const string Enter = "\e[?1049h";
    private const string Leave = "\e[?7h\e[?25h\e[?1049l";

    [Fact]
    public async Task Top_Terminal_ShowsTheFleetAndGivesTheTerminalBackOnQ()
    {
        var failed = await FinishedAsync(new Script("a", Fail: "of no use"));
        var gate = NewName();
        await SubmitAsync(new Script("a", Gate: gate));
        await Fleet.Gates.ReachedAsync(gate);
        await using var top = CliProcess.StartOnTerminal(["top"], Url);

        foreach (var shown in new[] { "fleet top", "a second", "slots", "QUEUE", "default", "WORKER", "BUSIEST JOBS", ScriptedJob.Name, "NEWEST FAILURES", failed.ToString(), "of no use" })
            await top.ShowsAsync(shown);
        // It goes on: what happens now is on the next picture.
        Fleet.Gates.Open(gate);
        var later = await FinishedAsync(new Script("a", Fail: "later"));
        await top.ShowsAsync(later.ToString());

        await top.TypeAsync("q");
        var result = (await top.EndAsync()).Expect(0);
        Restored(result);
        // Nothing is drawn outside the screen it took: a line too many would scroll.
        Assert.All(result.Out.Split("\e[?2026l")[..^1], picture => Assert.InRange(picture.Split("\r\n").Length, 1, 24));
    }

    [Theory]
    [InlineData("\u0003")]
    [InlineData("\e")]
    public async Task Top_Terminal_EndsOnOtherKeysToo(string key)
    {
        await using var top = CliProcess.StartOnTerminal(["top"], Url);
        await top.ShowsAsync("WORKER");

        await top.TypeAsync(key);

        Restored((await top.EndAsync()).Expect(0));
    }

    [Theory]
    [InlineData("TERM")]
    [InlineData("HUP")]
    public async Task Top_ToldToEnd_GivesTheTerminalBack(string signal)
    {
        await using var top = CliProcess.StartOnTerminal(["top"], Url);
        await top.ShowsAsync("WORKER");

        await SignalAsync(top, signal);

        Restored(await top.EndAsync());
    }

    [Fact]
    public async Task Top_WindowChangesItsSize_FillsIt()
    {
        await using var top = CliProcess.StartOnTerminal(["top"], Url);
        await top.ShowsAsync("WORKER");
        for (var i = 0; i < 30; i++) await FinishedAsync(new Script("a", Fail: "again"));
        await Eventually.IsTrueAsync(() => Pictures(top)[^1].Contains("more", StringComparison.Ordinal));
        Assert.InRange(Pictures(top)[^1].Split("\r\n").Length, 1, 24);

        using (var stty = Process.Start("stty", ["-F", TerminalOf(top), "rows", "60", "cols", "120"])) await stty.WaitForExitAsync();

        await Eventually.IsTrueAsync(() => Pictures(top)[^1].Split("\r\n").Length > 30);
        await top.TypeAsync("q");
        Restored((await top.EndAsync()).Expect(0));
    }

    [Fact]
    public async Task Top_Space_HoldsThePicture()
    {
        await using var top = CliProcess.StartOnTerminal(["top"], Url);
        await top.ShowsAsync("WORKER");

        await top.TypeAsync(" ");
        await top.ShowsAsync("held");
        await top.TypeAsync(" ");
        await Eventually.IsTrueAsync(() => Pictures(top)[^1].Contains("space holds", StringComparison.Ordinal));

        await top.TypeAsync("q");
        Restored((await top.EndAsync()).Expect(0));
    }

    [Fact]
    public async Task Top_Pipe_IsOncePlain_AndAsJsonALineEach()
    {
        var plain = (await RunAsync("top")).Expect(0);
        Assert.DoesNotContain('\e', plain.Out);
        Assert.Contains("WORKER", plain.Out, StringComparison.Ordinal);

        var json = (await RunAsync("top", "--json", "--count", "2", "--interval", "0.1")).Expect(0);
        Assert.Equal(2, json.Lines.Length);
        Assert.All(json.Lines, line => Assert.Equal(
            ["at", "stats", "queues", "workers", "jobs", "failures"], JsonElement.Parse(line).EnumerateObject().Select(property => property.Name)));
        Assert.Empty(json.Error);
    }

    [Fact]
    public async Task RunsWatch_Terminal_FollowsARunFromStateToState()
    {
        var (tag, gate) = (NewName(), NewName());
        var id = await SubmitAsync(new Script("a", Gate: gate), tag);
        await using var runs = CliProcess.StartOnTerminal(["runs", "--tag", tag, "--watch", "--columns", "id,state"], Url);

        await runs.ShowsAsync(id.ToString());
        await runs.ShowsAsync("running");
        Fleet.Gates.Open(gate);
        await runs.ShowsAsync("succeeded");

        await runs.TypeAsync("q");
        Restored((await runs.EndAsync()).Expect(0));
    }

    [Fact]
    public async Task RunsWatch_Json_IsALineWheneverARunMovesOn()
    {
        var (tag, gate) = (NewName(), NewName());
        var id = await SubmitAsync(new Script("a", Gate: gate), tag);
        await Fleet.Gates.ReachedAsync(gate);
        await using var runs = CliProcess.Start(["runs", "--tag", tag, "--watch", "--json"], variables: Url);

        await runs.ShowsAsync("\"running\"");
        Fleet.Gates.Open(gate);
        await runs.ShowsAsync("\"succeeded\"");
        // What a pipe has so far may end in the middle of a line.
        await Eventually.IsTrueAsync(() => runs.Out.EndsWith('\n'));

        var lines = runs.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.All(lines, line => Assert.Equal(id.ToString(), line.GetProperty("id").GetString()));
        Assert.Equal("succeeded", lines[^1].GetProperty("state").GetString());
    }

    private static void Restored(CliResult result)
    {
        Assert.Contains(Enter, result.Out, StringComparison.Ordinal);
        Assert.True(result.Out.LastIndexOf(Leave, StringComparison.Ordinal) > result.Out.LastIndexOf(Enter, StringComparison.Ordinal), result.Out);
    }

    private static string[] Pictures(CliProcess process) => ["", .. process.Out.Split("\e[?2026h", StringSplitOptions.RemoveEmptyEntries)[1..]];

    private static async Task SignalAsync(CliProcess process, string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", ClientOf(process).ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    private static string TerminalOf(CliProcess process) => new FileInfo($"/proc/{ClientOf(process).ToString(CultureInfo.InvariantCulture)}/fd/0").LinkTarget!;

    /// <summary>The client itself: the child of the program that makes the terminal.</summary>
    private static int ClientOf(CliProcess process) => int.Parse(
        File.ReadAllText($"/proc/{process.Id.ToString(CultureInfo.InvariantCulture)}/task/{process.Id.ToString(CultureInfo.InvariantCulture)}/children").Trim(), CultureInfo.InvariantCulture);
}
