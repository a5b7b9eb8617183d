namespace Fleet.Workers.Tests;

/// <summary>What a scripted job is to do.</summary>
internal sealed record Act(string Do = "ok", int N = 0, string? Text = null);

/// <summary>What it did.</summary>
internal sealed record Done(string Did, int Attempt, string? Text = null);

/// <summary>One job that acts by its input.</summary>
internal sealed class ScriptedJob(Stage stage, Scoped scoped) : IJob<Act, Done>
{
    public async Task<Done> RunAsync(Act input, JobContext context, CancellationToken cancellation)
    {
        stage.Enter(context.RunId, context.Attempt, cancellation);
        try
        {
            return new Done(input.Do, context.Attempt, await ActAsync(input, context, cancellation));
        }
        finally
        {
            stage.Leave(context.RunId);
        }
    }

    private async Task<string?> ActAsync(Act input, JobContext context, CancellationToken cancellation)
    {
        switch (input.Do)
        {
            case "ok":
                return input.Text;
            case "fail":
                throw new InvalidOperationException(input.Text ?? "it went wrong");
            case "fail-until":
                return context.Attempt >= input.N ? "at last" : throw new InvalidOperationException("not yet");
            case "fail-permanent":
                throw JobException.Permanent("it will never do");
            case "fail-wickedly":
                throw new WickedException();
            case "cancel-itself":
                throw new OperationCanceledException("nobody asked for it");
            case "throw-at-once":
                return Throw();
            case "hang":
                await Task.Delay(Timeout.InfiniteTimeSpan, cancellation);
                return null;
            case "wait":
                await stage.Gate(context.RunId).WaitAsync(cancellation);
                return null;
            case "hang-forever":
                await stage.Gate(context.RunId);
                return "much too late";
            case "block":
                stage.Gate(context.RunId).Wait(CancellationToken.None);
                return null;
            case "snooze":
                if (stage.Executions[context.RunId] <= input.N) context.Snooze(TimeSpan.FromMilliseconds(20));
                return null;
            case "yield":
                for (var i = 0; i < input.N; i++) await Task.Yield();
                return null;
            case "log":
                for (var i = 0; i < input.N; i++) await context.LogAsync($"line {i}", null, cancellation);
                return null;
            case "tell":
                await context.ReportProgressAsync(0.25, "a quarter");
                context.Log("one");
                context.Log("two", "stderr");
                await context.ReportProgressAsync(0.75);
                return null;
            case "log-and-wait":
                for (var i = 0; i < input.N; i++) context.Log($"line {i}");
                await stage.Gate(context.RunId).WaitAsync(cancellation);
                return null;
            case "log-wait-log":
                for (var i = 0; i < input.N; i++) await context.LogAsync($"line {i}", null, cancellation);
                await stage.Gate(context.RunId).WaitAsync(cancellation);
                await context.LogAsync("the last line", null, cancellation);
                return null;
            case "log-forever":
                while (!cancellation.IsCancellationRequested) await context.LogAsync("one more", null, CancellationToken.None);
                cancellation.ThrowIfCancellationRequested();
                return null;
            case "huge":
                return new string('x', input.N);
            case "break-scope":
                scoped.FailsToDispose = true;
                return null;
            default:
                throw JobException.Permanent($"There is no act '{input.Do}'.");
        }
    }

    private static string Throw() => throw new ArgumentException("at once");

    private sealed class WickedException : Exception
    {
        public override string Message => throw new InvalidOperationException("not even a message");

        public override string StackTrace => throw new InvalidOperationException("nor a stack");

        public override string ToString() => throw new InvalidOperationException("nor anything else");
    }
}

/// <summary>A job that the container cannot make.</summary>
internal sealed class UnmakableJob(IFormattable nobodyHasOne) : IJob<Act, Done>
{
    public Task<Done> RunAsync(Act input, JobContext context, CancellationToken cancellation) =>
        Task.FromResult(new Done(nobodyHasOne.ToString()!, 1));
}

/// <summary>A job that breaks when it is disposed.</summary>
internal sealed class UndisposableJob(Stage stage) : IJob<Act, Done>, IAsyncDisposable
{
    public Task<Done> RunAsync(Act input, JobContext context, CancellationToken cancellation)
    {
        stage.Enter(context.RunId, context.Attempt, cancellation);
        stage.Leave(context.RunId);
        return Task.FromResult(new Done(input.Do, context.Attempt));
    }

    public ValueTask DisposeAsync() => throw new InvalidOperationException("it does not close");
}
