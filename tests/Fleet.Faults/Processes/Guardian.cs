using System.Diagnostics;

namespace Fleet.Faults.Processes;

/// <summary>Starts the suite's processes so that none of them outlives it, however it ends.</summary>
internal sealed class Guardian : IAsyncDisposable
{
    private readonly string _ids;
    private readonly Process _watcher;

    /// <summary>Begins to watch over what will be started.</summary>
    /// <param name="folder">Where the list of processes is kept.</param>
    /// <param name="mark">What is in every command line that is started.</param>
    public Guardian(string folder, string mark)
    {
        _ids = Path.Combine(folder, "processes.ids");
        File.WriteAllText(_ids, "");
        var script = Path.Combine(folder, "guardian.sh");
        using (var resource = typeof(Guardian).Assembly.GetManifestResourceStream("guardian.sh")!)
        using (var file = File.Create(script))
        {
            resource.CopyTo(file);
        }

        _watcher = Process.Start(new ProcessStartInfo("sh", [script, _ids, mark]) { RedirectStandardInput = true })!;
    }

    /// <summary>Starts a program whose output goes to a file. It is on the list before it is itself.</summary>
    public Process Start(string log, IEnumerable<string> command) => Process.Start(new ProcessStartInfo(
        "sh", ["-c", "echo $$ >>\"$0\"; log=$1; shift; exec \"$@\" >>\"$log\" 2>&1 </dev/null", _ids, log, .. command])
    {
        WorkingDirectory = Path.GetDirectoryName(log),
    })!;

    /// <summary>Sends a signal, such as <c>KILL</c>, to a process that was started here and has not ended.</summary>
    public static async Task SignalAsync(Process process, string signal)
    {
        // The shell's own kill: its names are the same everywhere, their numbers are not.
        using var kill = Process.Start("sh", ["-c", "kill -$0 $1 2>/dev/null", signal, $"{process.Id}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _watcher.StandardInput.Close();
        await _watcher.WaitForExitAsync();
        _watcher.Dispose();
    }
}
