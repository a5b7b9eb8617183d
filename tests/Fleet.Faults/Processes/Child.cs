using System.Diagnostics;
using Fleet.Faults.History;

namespace Fleet.Faults.Processes;

/// <summary>
/// A process that is started again whenever it ends, as an orchestrator would, and to which the suite does its worst. Its ends are
/// recorded, with whether anybody wanted them.
/// </summary>
internal abstract class Child(string name, Guardian guardian, HistoryFolder history, TimeProvider time) : IAsyncDisposable
{
    /// <summary>How long a process may take to end after SIGTERM: its drain, its last reports, and a loaded machine.</summary>
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RestartPause = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);

    private readonly SemaphoreSlim _fault = new(1);
    private readonly CancellationTokenSource _over = new();
    private TaskCompletionSource _mayStart = Opened();
    private TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Process? _process;
    private EndWish _wish;
    private bool _overdue;
    private int _life;
    private Task _living = Task.CompletedTask;

    /// <summary>What it is called.</summary>
    public string Name { get; } = name;

    /// <summary>Which life it is in, from 1.</summary>
    protected int Life => _life;

    /// <summary>Starts it, and starts it again from then on.</summary>
    public void Start() => _living = LiveAsync();

    /// <summary>Waits until it works.</summary>
    public Task ReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    /// <summary>SIGKILL; it starts again after a while. False when it was down already.</summary>
    public Task<bool> KillAsync(TimeSpan down, CancellationToken cancellation) => EndAsync(EndWish.Killed, down, cancellation);

    /// <summary>SIGTERM; it starts again after a while, counted from its end. False when it was down already.</summary>
    public Task<bool> TerminateAsync(TimeSpan down, CancellationToken cancellation) => EndAsync(EndWish.Asked, down, cancellation);

    /// <summary>SIGSTOP, and after a while SIGCONT. False when it was down.</summary>
    public Task<bool> FreezeAsync(TimeSpan lasts, CancellationToken cancellation) => AloneAsync(async process =>
    {
        await Guardian.SignalAsync(process, "STOP");
        try
        {
            await Task.Delay(lasts, time, cancellation);
        }
        finally
        {
            await Guardian.SignalAsync(process, "CONT");
        }
    }, cancellation);

    /// <summary>Asks it to end for good. False when it had to be killed.</summary>
    public async Task<bool> StopAsync()
    {
        await _over.CancelAsync();
        _mayStart.TrySetResult();
        if (_process is { HasExited: false } process) await AskToEndAsync(process);
        await _living;
        return !_overdue;
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _mayStart.TrySetResult();
        if (_process is { HasExited: false } process)
        {
            _wish = EndWish.Killed;
            process.Kill();
        }

        await _living;
        _fault.Dispose();
        _over.Dispose();
    }

    /// <summary>The command of the life that begins.</summary>
    protected abstract IReadOnlyList<string> Command();

    /// <summary>Whether it works.</summary>
    protected abstract Task<bool> AnswersAsync(CancellationToken cancellation);

    /// <summary>One fault of the process itself at a time; another one waits. False when there is no process to do it to.</summary>
    private async Task<bool> AloneAsync(Func<Process, Task> action, CancellationToken cancellation)
    {
        await _fault.WaitAsync(cancellation);
        try
        {
            if (_process is not { HasExited: false } process) return false;
            await action(process);
            return true;
        }
        finally
        {
            _fault.Release();
        }
    }

    private Task<bool> EndAsync(EndWish wish, TimeSpan down, CancellationToken cancellation) => AloneAsync(async process =>
    {
        _mayStart = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        try
        {
            if (wish == EndWish.Asked)
            {
                await AskToEndAsync(process);
            }
            else
            {
                _wish = EndWish.Killed;
                await Guardian.SignalAsync(process, "KILL");
            }

            await Task.Delay(down, time, cancellation);
        }
        finally
        {
            _mayStart.TrySetResult();
        }
    }, cancellation);

    private async Task AskToEndAsync(Process process)
    {
        _wish = EndWish.Asked;
        await Guardian.SignalAsync(process, "TERM");
        try
        {
            await process.WaitForExitAsync().WaitAsync(EndsWithin, time);
        }
        catch (TimeoutException)
        {
            _overdue = true;
            await Guardian.SignalAsync(process, "KILL");
        }
    }

    private async Task LiveAsync()
    {
        while (true)
        {
            await _mayStart.Task;
            if (_over.IsCancellationRequested) return;
            _life++;
            _wish = EndWish.None;
            _overdue = false;
            var process = guardian.Start(Path.Combine(history.LogsFolder, Name + ".log"), Command());
            _process = process;
            var wasReady = await BecomesReadyAsync(process);
            await process.WaitForExitAsync();
            _ready = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            history.Processes.Write(new ProcessEnd(Name, _life, time.GetUtcNow(), process.ExitCode, _wish, wasReady, _overdue));
            if (_over.IsCancellationRequested) return;
            await Task.Delay(RestartPause, time, CancellationToken.None);
        }
    }

    private async Task<bool> BecomesReadyAsync(Process process)
    {
        while (!process.HasExited)
        {
            if (await AnswersAsync(_over.Token))
            {
                _ready.TrySetResult();
                return true;
            }

            await Task.Delay(Look, time, CancellationToken.None);
        }

        return false;
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        opened.SetResult();
        return opened;
    }
}
