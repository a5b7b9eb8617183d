using System.Runtime.Versioning;
using System.Text.Json;
using Fleet.Workers;

namespace Fleet.Worker.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class ProcessTests : IAsyncLifetime, IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _directory = Directory.CreateTempSubdirectory("fleet-process-");
    private readonly JobBench _bench = new(("Process:Enabled", "true"), ("Process:KillAfter", "00:00:01"));

    public Task InitializeAsync() => Task.CompletedTask;

    Task IAsyncLifetime.DisposeAsync() => DisposeAsync().AsTask();

    public async ValueTask DisposeAsync()
    {
        await _bench.DisposeAsync();
        _directory.Delete(recursive: true);
    }

    [Fact]
    public async Task Output_OfBothStreams_ComesInOrderUnderItsName()
    {
        var output = await ShellAsync("for i in 1 2 3; do echo out $i; echo err $i >&2; done; printf 'no newline'");
        Assert.Equal(0, output.GetProperty("exitCode").GetInt32());
        Assert.InRange(output.GetProperty("durationMs").GetInt64(), 0, 30_000);
        Assert.Equal(["out 1", "out 2", "out 3", "no newline"], _bench.Stream("stdout"));
        Assert.Equal(["err 1", "err 2", "err 3"], _bench.Stream("stderr"));
    }

    [Fact]
    public async Task Line_WhileTheCommandStillRuns_IsOnTheTimeline()
    {
        // The command waits for a file that only appears once its first line was recorded.
        var go = Path.Combine(_directory.FullName, "go");
        _bench.OnLineAsync = line => line.Line == "first" ? File.WriteAllTextAsync(go, "") : Task.CompletedTask;
        await ShellAsync($"echo first; until [ -e '{go}' ]; do sleep 0.02; done; echo second").WaitAsync(Patience);
        Assert.Equal(["first", "second"], _bench.Stream("stdout"));
    }

    [Fact]
    public async Task Output_OfAHundredThousandLines_IsCompleteAndInOrder()
    {
        await ShellAsync("i=0; while [ $i -lt 100000 ]; do echo line $i; i=$((i+1)); done").WaitAsync(TimeSpan.FromMinutes(2));
        Assert.Equal(Enumerable.Range(0, 100_000).Select(i => $"line {i}"), _bench.Stream("stdout"));
    }

    [Fact]
    public async Task Stdin_LargerThanAPipe_IsReadToItsEnd()
    {
        var text = string.Concat(Enumerable.Range(0, 50_000).Select(i => $"Zeile {i} äöü\n"));
        await _bench.RunAsync("process", new { file = "cat", stdin = text }).WaitAsync(Patience);
        Assert.Equal(text, string.Join('\n', _bench.Stream("stdout")) + "\n");
    }

    [Fact]
    public async Task Stdin_Absent_IsEmpty()
    {
        await _bench.RunAsync("process", new { file = "cat" }).WaitAsync(Patience);
        Assert.Empty(_bench.Lines);
    }

    [Fact]
    public async Task Stdin_OfACommandThatDoesNotRead_IsNoFailure()
    {
        var text = new string('x', 1_000_000);
        var output = await _bench.RunAsync("process", new { file = "true", stdin = text }).WaitAsync(Patience);
        Assert.Equal(0, output.GetProperty("exitCode").GetInt32());
    }

    [Fact]
    public async Task Environment_OfTheCommand_IsTheWorkersPlusTheRunsWithoutConfiguration()
    {
        Environment.SetEnvironmentVariable("Fleet__OfThisTest", "password=secret");
        var env = new Dictionary<string, string> { ["GREETING"] = "hello = you", ["FLEET_RUN_ID"] = "mine" };
        await _bench.RunAsync("process", new { file = "env", env }, attempt: 3);
        var environment = _bench.Stream("stdout");
        Assert.Contains($"FLEET_RUN_ID={_bench.RunId}", environment);
        Assert.Contains("FLEET_ATTEMPT=3", environment);
        Assert.Contains("GREETING=hello = you", environment);
        Assert.Contains(environment, line => line.StartsWith("PATH=", StringComparison.Ordinal));
        Assert.DoesNotContain(environment, line => line.Contains("secret", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Arguments_WithSpacesAndQuotes_ArriveAsTheyAre()
    {
        string[] args = ["%s\\n", "a b", "'\"$HOME", "", "*", "-n"];
        await _bench.RunAsync("process", new { file = "printf", args });
        Assert.Equal(args[1..], _bench.Stream("stdout"));
    }

    [Fact]
    public async Task Workdir_Given_IsWhereItRunsAndWhereRelativeFilesAre()
    {
        var script = Path.Combine(_directory.FullName, "script.sh");
        await File.WriteAllTextAsync(script, "#!/bin/sh\npwd\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await _bench.RunAsync("process", new { file = "./script.sh", workdir = _directory.FullName });
        Assert.Equal([_directory.FullName], _bench.Stream("stdout"));
    }

    [Fact]
    public async Task ExitCode_NotZero_FailsWithTheCodeAndTheLastErrors()
    {
        var message = await _bench.FailsForNowAsync("process", Shell("for i in $(seq 1 20); do echo problem $i >&2; done; exit 7"));
        Assert.Contains("exit code 7", message, StringComparison.Ordinal);
        Assert.EndsWith("problem 19\nproblem 20", message, StringComparison.Ordinal);
        Assert.DoesNotContain("problem 10\n", message, StringComparison.Ordinal);
        Assert.Equal(20, _bench.Stream("stderr").Count);
    }

    [Fact]
    public async Task Input_ThatCannotBeRun_FailsForGoodAndSaysWhy()
    {
        var plain = Path.Combine(_directory.FullName, "plain");
        await File.WriteAllTextAsync(plain, "");
        File.SetUnixFileMode(plain, UnixFileMode.UserRead);
        foreach (var (input, says) in new (object, string)[]
        {
            (new { file = "no-such-program" }, "no program 'no-such-program'"),
            (new { file = "/no/such/file" }, "no file '/no/such/file'"),
            (new { file = "/tmp" }, "is a directory"),
            (new { file = plain }, "is not executable"),
            (new { file = "" }, "must name a program"),
            (new { file = "true", workdir = "/no/such/place" }, "no directory '/no/such/place'"),
            (new { file = "true", env = new Dictionary<string, string> { ["A=B"] = "" } }, "'A=B'"),
            (new { file = "true", args = new[] { "a\0b" } }, "NUL"),
        })
        {
            Assert.Contains(says, await _bench.FailsForGoodAsync("process", input), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task AllowedFiles_Set_AllowNothingElse()
    {
        var copy = Path.Combine(_directory.FullName, "echo");
        File.Copy("/bin/true", copy);
        await using var bench = new JobBench(("Process:Enabled", "true"), ("Process:AllowedFiles", "echo, /bin/true"));
        await bench.RunAsync("process", new { file = "echo" });
        await bench.RunAsync("process", new { file = "/bin/true" });
        foreach (var file in new[] { "sh", "/bin/sh", copy, "/bin/../bin/sh" })
            Assert.Contains("AllowedFiles", await bench.FailsForGoodAsync("process", new { file }), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancelled_EndsTheWholeTree()
    {
        await EndsTheTreeAsync("sleep 1000 & sleep 1000 & echo ready; sleep 1000");
    }

    [Fact]
    public async Task Cancelled_TreeThatIgnoresTerm_IsKilled()
    {
        await EndsTheTreeAsync("trap '' TERM; (trap '' TERM; while :; do sleep 1; done) & echo ready; while :; do sleep 1; done");
    }

    [Fact]
    public async Task Cancelled_DaemonInASessionOfItsOwn_IsEndedToo()
    {
        await EndsTheTreeAsync("setsid sh -c 'trap \"\" TERM; echo ready; while :; do sleep 1; done' & sleep 1000");
    }

    [Fact]
    public async Task Cancelled_ItsLastWords_AreRecorded()
    {
        await EndsTheTreeAsync("trap 'echo bye; exit 1' TERM; echo ready; while :; do sleep 0.05; done");
        Assert.Equal(["ready", "bye"], _bench.Stream("stdout"));
    }

    [Fact]
    public async Task Exit_LeavingSomethingThatHoldsThePipes_EndsItAndSucceeds()
    {
        var output = await ShellAsync("sleep 1000 & echo done").WaitAsync(Patience);
        Assert.Equal(0, output.GetProperty("exitCode").GetInt32());
        Assert.Equal(["done"], _bench.Stream("stdout"));
        AssertNothingIsLeft();
    }

    [Fact]
    public async Task Recording_ThatFallsBehind_HoldsTheCommandUp()
    {
        // Nothing is recorded until the gate opens, so the command cannot have written all of its output by then.
        var finished = Path.Combine(_directory.FullName, "finished");
        var gate = new TaskCompletionSource();
        _bench.OnLineAsync = _ => gate.Task;
        var running = ShellAsync($"yes 'a line of some length' | head -n 100000; touch '{finished}'");
        // Long enough for a command that nothing holds up; a machine that is slower still makes the test pass, never fail.
        await Task.WhenAny(running, Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None));
        Assert.False(File.Exists(finished));
        gate.SetResult();
        await running.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.True(File.Exists(finished));
        Assert.Equal(100_000, _bench.Stream("stdout").Count);
    }

    [Fact]
    public async Task Host_Disposed_KillsWhatStillRuns()
    {
        var ready = new TaskCompletionSource();
        _bench.OnLineAsync = _ =>
        {
            ready.TrySetResult();
            return Task.CompletedTask;
        };
        var running = ShellAsync("trap '' TERM; echo ready; while :; do sleep 1; done");
        await ready.Task.WaitAsync(Patience);
        await _bench.DisposeAsync();
        await Assert.ThrowsAsync<JobException>(() => running.WaitAsync(Patience));
        AssertNothingIsLeft();
    }

    private async Task EndsTheTreeAsync(string script)
    {
        using var cancellation = new CancellationTokenSource();
        var ready = new TaskCompletionSource();
        _bench.OnLineAsync = line =>
        {
            if (line.Line == "ready") ready.TrySetResult();
            return Task.CompletedTask;
        };
        var running = _bench.RunAsync("process", Shell(script), cancellation: cancellation.Token);
        await ready.Task.WaitAsync(Patience);
        Assert.NotEmpty(RunProcesses.Of(_bench.RunId));
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running.WaitAsync(Patience));
        AssertNothingIsLeft();
    }

    private void AssertNothingIsLeft() => Assert.Empty(RunProcesses.Of(_bench.RunId));

    private Task<JsonElement> ShellAsync(string script) => _bench.RunAsync("process", Shell(script));

    private static object Shell(string script) => new { file = "sh", args = new[] { "-c", script } };
}
