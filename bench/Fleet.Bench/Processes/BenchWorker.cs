using System.Diagnostics;
using System.Globalization;

namespace Fleet.Bench.Processes;

/// <summary>A worker process with the jobs of <see cref="BenchJobs"/>, so that its CPU time can be told from that of the load.</summary>
internal sealed class BenchWorker : IAsyncDisposable
{
    private BenchWorker(Process process) => Process = process;

    public Process Process { get; }

    /// <param name="redis">Where it takes runs from.</param>
    /// <param name="options">What it is told.</param>
    public static BenchWorker Start(BenchRedis redis, WorkerSettings options) =>
        new(Process.Start(new ProcessStartInfo(Environment.ProcessPath!,
        [
            typeof(BenchWorker).Assembly.Location, WorkerCommand.Name, "--redis", redis.Address, .. options.Arguments(),
        ])
        {
            RedirectStandardOutput = true,
        })!);

    /// <summary>Ends it the way Kubernetes does, and returns how many runs it executed.</summary>
    public async Task<long> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", Process.Id.ToString(CultureInfo.InvariantCulture)]);
        var output = await Process.StandardOutput.ReadToEndAsync();
        await Process.WaitForExitAsync();
        if (Process.ExitCode != 0) throw new MeasurementException($"A worker ended with code {Process.ExitCode}.");
        return long.Parse(output, CultureInfo.InvariantCulture);
    }

    public async ValueTask DisposeAsync()
    {
        // Only after a failure is it still there.
        if (!Process.HasExited)
        {
            Process.Kill();
            await Process.WaitForExitAsync();
        }

        Process.Dispose();
    }
}
