using System.Diagnostics;
using Fleet.Faults.Processes;

namespace Fleet.Faults.Tests;

/// <summary>What the suite started does not outlive it, whatever state it is in, and nobody else's process is touched.</summary>
public sealed class GuardianTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-guardian-");

    [Fact]
    public async Task SuiteGone_EndsWhatRuns()
    {
        var guardian = new Guardian(_folder.FullName, "mark-a");
        using var child = guardian.Start(Path.Combine(_folder.FullName, "child.log"), ["sleep", "600", "mark-a"]);
        using var shell = guardian.Start(Path.Combine(_folder.FullName, "shell.log"), ["sh", "-c", "read -r _ <mark-a.pipe; sleep 600"]);

        // What the end of the suite does, however it ends: the pipe closes.
        await guardian.DisposeAsync();

        await child.WaitForExitAsync().WaitAsync(Patience);
        await shell.WaitForExitAsync().WaitAsync(Patience);
    }

    [Fact]
    public async Task SuiteGone_EndsWhatIsFrozen()
    {
        var guardian = new Guardian(_folder.FullName, "mark-b");
        using var child = guardian.Start(Path.Combine(_folder.FullName, "child.log"), ["sh", "-c", ": mark-b; while :; do sleep 1; done"]);
        await Guardian.SignalAsync(child, "STOP");

        await guardian.DisposeAsync();

        await child.WaitForExitAsync().WaitAsync(Patience);
        Assert.Equal(137, child.ExitCode);
    }

    [Fact]
    public async Task SuiteGone_LeavesAProcessWithoutItsMarkAlone()
    {
        var guardian = new Guardian(_folder.FullName, "mark-c");
        // As if a process of the suite had ended, and its number had passed on.
        using var stranger = Process.Start("sleep", "600");
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "processes.ids"), $"{stranger.Id}\n");

        await guardian.DisposeAsync();

        Assert.False(stranger.HasExited);
        stranger.Kill();
        await stranger.WaitForExitAsync();
    }

    [Fact]
    public async Task Started_WritesToItsLog()
    {
        await using var guardian = new Guardian(_folder.FullName, "mark-d");
        var log = Path.Combine(_folder.FullName, "child.log");
        using var child = guardian.Start(log, ["sh", "-c", "echo out; echo err >&2"]);

        await child.WaitForExitAsync().WaitAsync(Patience);

        Assert.Equal(["out", "err"], await File.ReadAllLinesAsync(log));
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
