using System.Globalization;
using Fleet.Faults.History;

namespace Fleet.Faults.Jobs;

/// <summary>Where handlers record what they did, outside Redis: one file a process, and each line is the kernel's before the handler goes on.</summary>
internal sealed class EffectLog(string file, string worker, TimeProvider time) : IDisposable
{
    // The file is this process's alone. What was written outlives a SIGKILL; only a crash of the machine could lose it.
    private readonly Journal _journal = new(file);
    private int _executions;

    /// <summary>The name of a new execution.</summary>
    public string NewExecution() => string.Create(CultureInfo.InvariantCulture, $"{worker}/{Interlocked.Increment(ref _executions)}");

    /// <summary>Records how far an execution is.</summary>
    public void Record(string execution, RunId run, int attempt, Deed deed, EffectPhase phase) =>
        _journal.Write(new Effect(execution, run, attempt, worker, deed, phase, time.GetUtcNow()));

    public void Dispose() => _journal.Dispose();
}
