using System.Text.RegularExpressions;
using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary>What a person sees on a terminal, and only there.</summary>
public sealed partial class TerminalTests(RunningFleet fleet) : FleetTest(fleet)
{
    [Fact]
    public async Task Watch_Terminal_ShowsBarColoursLogAndResult()
    {
        var gate = NewName();
        var id = await SubmitAsync(new Script("hello", ["a line"], ["a complaint"], 0.5, gate));
        await using var watch = CliProcess.StartOnTerminal(["watch", id.ToString()], Url);

        await watch.ShowsAsync("━━━");
        await watch.ShowsAsync("50%");
        await watch.ShowsAsync("page 4");
        Fleet.Gates.Open(gate);
        var result = (await watch.EndAsync()).Expect(0);

        Assert.Matches(Colour(), result.Out);
        Assert.Matches(@"\x1b\[[0-9;]*m  a complaint", result.Out);
        Assert.Contains("\"length\": 5", result.Out, StringComparison.Ordinal);
        var left = Screen(result.Out);
        Assert.DoesNotContain(left, line => line.Contains('━', StringComparison.Ordinal));
        Assert.Equal($"{id}  {ScriptedJob.Name}", left[0]);
        Assert.Contains("  a line", left);
        Assert.Equal("}", left[^1]);
    }

    [Theory]
    [InlineData("--no-color", "")]
    [InlineData("--url", "1")]
    public async Task Watch_TerminalWithoutColours_ShowsTheBarAlone(string option, string noColor)
    {
        var gate = NewName();
        var id = await SubmitAsync(new Script("hello", Progress: 0.5, Gate: gate));
        string[] args = option == "--no-color" ? ["watch", id.ToString(), option] : ["watch", id.ToString(), option, Fleet.Address.ToString()];
        await using var watch = CliProcess.StartOnTerminal(args, Url, ("NO_COLOR", noColor));

        await watch.ShowsAsync("━━━");
        Fleet.Gates.Open(gate);

        Assert.DoesNotMatch(Colour(), (await watch.EndAsync()).Expect(0).Out);
    }

    [Fact]
    public async Task Watch_DumbTerminal_PrintsPlainLines()
    {
        var id = await FinishedAsync(new Script("hello"));
        await using var watch = CliProcess.StartOnTerminal(["watch", id.ToString()], Url, ("TERM", "dumb"));

        Assert.DoesNotContain('\u001b', (await watch.EndAsync()).Expect(0).Out);
    }

    [Fact]
    public async Task RunWatch_CtrlC_StopsWatchingAndTheRunGoesOn()
    {
        var gate = NewName();
        await using var watch = CliProcess.StartOnTerminal(["run", ScriptedJob.Name, "--watch", "--input", Json(new Script("a", Gate: gate))], Url);
        await Fleet.Gates.ReachedAsync(gate);
        await watch.ShowsAsync("running");

        await watch.TypeAsync("\u0003");
        var result = (await watch.EndAsync()).Expect(130);

        var left = Screen(result.Out);
        var id = RunId.Parse(left[0].Split(' ')[0]);
        Assert.Contains($"./fleet watch {id}", left[^1], StringComparison.Ordinal);
        Assert.DoesNotContain(left, line => line.Contains('─', StringComparison.Ordinal));
        Assert.Equal(RunState.Running, (await GetAsync(id)).State);
        Fleet.Gates.Open(gate);
        Assert.Equal(RunState.Succeeded, (await EndOfAsync(id)).State);
    }

    [Fact]
    public async Task Lists_Terminal_FitEightyColumns()
    {
        var id = await FinishedAsync(new Script("hello"));
        foreach (var args in new string[][] { ["runs"], ["jobs"], ["workers"], ["queues"], ["stats"] })
        {
            await using var list = CliProcess.StartOnTerminal(args, Url);
            var lines = Screen((await list.EndAsync()).Expect(0).Out);
            Assert.True(lines.Length > 1, string.Join('\n', lines));
            Assert.All(lines, line => Assert.InRange(line.Length, 0, 80));
        }

        await using var runs = CliProcess.StartOnTerminal(["runs"], Url);
        var row = Assert.Single(Screen((await runs.EndAsync()).Expect(0).Out), line => line.StartsWith(id.ToString(), StringComparison.Ordinal));
        Assert.Contains(ScriptedJob.Name, row, StringComparison.Ordinal);
    }

    [GeneratedRegex(@"\x1b\[[0-9;]*m")]
    private static partial Regex Colour();

    /// <summary>What stands on the screen in the end: lines that were erased are gone.</summary>
    private static string[] Screen(string output)
    {
        var lines = new List<string> { "" };
        var row = 0;
        foreach (Match piece in Pieces().Matches(Modes().Replace(Colour().Replace(output, ""), "")))
        {
            switch (piece.Value)
            {
                case "\r":
                    break;
                case "\n":
                    if (++row == lines.Count) lines.Add("");
                    break;
                case "\u001b[2K":
                    lines[row] = "";
                    break;
                case "\u001b[1A":
                    row--;
                    break;
                default:
                    lines[row] += piece.Value;
                    break;
            }
        }

        return [.. lines.Select(line => line.TrimEnd()).Where(line => line.Length > 0)];
    }

    /// <summary>What .NET tells a terminal about its keyboard.</summary>
    [GeneratedRegex(@"\x1b\[\?1[hl]|\x1b[=>]")]
    private static partial Regex Modes();

    [GeneratedRegex(@"\r|\n|\x1b\[2K|\x1b\[1A|[^\r\n\x1b]+|\x1b")]
    private static partial Regex Pieces();
}
