using System.Collections.Concurrent;
using Fleet.Workers;

namespace Fleet.RealFleet;

/// <summary>A job that does as its input says.</summary>
internal sealed class ScriptedJob(Gates gates) : IJob<Script, ScriptOutput>
{
    public const string Name = "test.script";

    public async Task<ScriptOutput> RunAsync(Script input, JobContext context, CancellationToken cancellation)
    {
        foreach (var line in input.Lines ?? []) await context.LogAsync(line, cancellation: cancellation);
        foreach (var line in input.Errors ?? []) await context.LogAsync(line, "stderr", cancellation);
        if (input.Progress is { } progress) await context.ReportProgressAsync(progress, "page 4");
        if (input.Gate is { } gate) await gates.PassAsync(gate, cancellation);
        if (input.Fail is { } reason) throw JobException.Permanent(reason);
        return new ScriptOutput(input.Text.Length, context.Attempt);
    }
}

/// <summary>What the job is to do, in this order.</summary>
/// <param name="Text">What it counts the characters of.</param>
/// <param name="Lines">What it logs.</param>
/// <param name="Errors">What it logs as error output.</param>
/// <param name="Progress">How far it says it is.</param>
/// <param name="Gate">The gate it waits at until a test opens it.</param>
/// <param name="Fail">What it fails with.</param>
internal sealed record Script(string Text, string[]? Lines = null, string[]? Errors = null, double? Progress = null, string? Gate = null, string? Fail = null);

/// <summary>What the job returns.</summary>
internal sealed record ScriptOutput(int Length, int Attempt);

/// <summary>Where jobs wait until a test lets them go on.</summary>
internal sealed class Gates
{
    private readonly ConcurrentDictionary<string, Gate> _gates = new();

    /// <summary>Returns once a job waits at the gate.</summary>
    public Task ReachedAsync(string name) => Of(name).Reached.Task.WaitAsync(TimeSpan.FromSeconds(60));

    /// <summary>Lets every job at the gate go on.</summary>
    public void Open(string name) => Of(name).Opened.TrySetResult();

    /// <summary>Waits at the gate.</summary>
    public async Task PassAsync(string name, CancellationToken cancellation)
    {
        Of(name).Reached.TrySetResult();
        await Of(name).Opened.Task.WaitAsync(cancellation);
    }

    private Gate Of(string name) => _gates.GetOrAdd(name, _ => new Gate(
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously),
        new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)));

    private sealed record Gate(TaskCompletionSource Reached, TaskCompletionSource Opened);
}
