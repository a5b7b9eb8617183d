using System.Collections.ObjectModel;
using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using Fleet.Worker.Processes;
using Fleet.Workers;
using Microsoft.Extensions.Options;

namespace Fleet.Worker.Jobs;

/// <summary>Runs a command and puts every line it writes on the timeline as it appears.</summary>
/// <remarks>
/// <list type="number">
/// <item>Say what is wrong with the input before anything starts; no retry mends that.</item>
/// <item>Start the command as the leader of a session of its own, so that one signal reaches all it starts.</item>
/// <item>Feed it, and record its output no faster than Redis takes it: the command waits meanwhile.</item>
/// <item>When it has ended or must end, end what it left: SIGTERM, and SIGKILL after a grace.</item>
/// <item>Read what the pipes still hold, then report.</item>
/// </list>
/// When the worker itself is killed the command goes on alone, and another attempt may start beside it.
/// </remarks>
internal sealed class RunProcess(IOptions<ProcessOptions> options, RunningTrees running, TimeProvider time) : IJob<ProcessInput, ProcessOutput>
{
    public const string Name = "process";
    public const string Description =
        "Runs a command. Every line of its stdout and stderr appears on the timeline at once. It fails when the exit code is not 0; " +
        "cancelled or out of time, it and everything it started are ended (SIGTERM, then SIGKILL). What it leaves in the background when it " +
        "exits is ended too. It is retried only where the run asks for more than one attempt.";

    /// <summary>How much longer than <see cref="ProcessOptions.KillAfter"/> a cancelled command's last words may take to be recorded.</summary>
    private static readonly TimeSpan LastWords = TimeSpan.FromSeconds(2);

    private readonly ProcessOptions _options = options.Value;

    public async Task<ProcessOutput> RunAsync(ProcessInput input, JobContext context, CancellationToken cancellation)
    {
        // 1. Say what is wrong.
        var directory = Path.GetFullPath(input.Workdir ?? "", Path.GetFullPath(_options.WorkDirectory.Length > 0 ? _options.WorkDirectory : "."));
        if (!Directory.Exists(directory)) throw JobException.Permanent($"There is no directory '{directory}' on this worker (workdir).");
        var file = Executables.Require(input.File, directory, _options.AllowedFiles);
        var mark = Guid.NewGuid().ToString("N");
        var start = StartInfo(input, file, directory);
        AddEnvironment(start.Environment, input, context, mark);

        // 2. Start it.
        cancellation.ThrowIfCancellationRequested();
        var began = time.GetTimestamp();
        using var process = Start(start, file);
        var tree = new ProcessTree(process.Id, mark, time);
        running.Add(tree);

        // 3. Feed it and record its output.
        var lastErrors = new LastLines();
        var over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var giveUp = new CancellationTokenSource();
        using var whenCancelled = cancellation.Register(() => giveUp.CancelAfter(_options.KillAfter + LastWords));
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var output = Task.WhenAll(
            RecordAsync(process.StandardOutput.BaseStream, line => context.LogAsync(line, "stdout", giveUp.Token)),
            RecordAsync(process.StandardError.BaseStream, line =>
            {
                lastErrors.Add(line);
                return context.LogAsync(line, "stderr", giveUp.Token);
            }));
        var feeding = FeedAsync(process.StandardInput.BaseStream, input.Stdin, giveUp.Token);
        await process.WaitForExitAsync(end.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // 4. End what is left.
        var all = await tree.EndAsync(_options.KillAfter, escaped: end.IsCancellationRequested);
        if (!all) context.Log($"Processes of '{file}' could not be ended; they wait inside the kernel.", "fleet");
        running.Remove(tree);
        over.TrySetResult();

        // 5. Read the rest, and report.
        await output.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await giveUp.CancelAsync();
        await feeding;
        cancellation.ThrowIfCancellationRequested();
        await output;
        if (process.ExitCode != 0)
            throw new JobException($"'{input.File}' ended with exit code {process.ExitCode}.{(lastErrors.ToString() is { Length: > 0 } last ? $"\n{last}" : "")}");
        return new ProcessOutput(process.ExitCode, (long)time.GetElapsedTime(began).TotalMilliseconds);

        async Task RecordAsync(Stream stream, Func<string, ValueTask> writeAsync)
        {
            try
            {
                await new OutputLines(stream, writeAsync, time).ReadAsync(over.Task, giveUp.Token);
            }
            catch
            {
                // Nobody reads its output any more, so it must not go on.
                await end.CancelAsync();
                throw;
            }
        }
    }

    private static ProcessStartInfo StartInfo(ProcessInput input, string file, string directory)
    {
        var start = new ProcessStartInfo(Executables.Setsid!)
        {
            WorkingDirectory = directory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // A child just forked leads no group, so setsid executes the file in its own place: same process id, same exit code.
        start.ArgumentList.Add(file);
        foreach (var argument in input.Args ?? [])
        {
            if (argument.Contains('\0', StringComparison.Ordinal)) throw JobException.Permanent("args cannot hold a NUL character.");
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static void AddEnvironment(IDictionary<string, string?> environment, ProcessInput input, JobContext context, string mark)
    {
        // The worker's configuration may hold passwords, which are no business of a command.
        foreach (var name in environment.Keys.Where(IsConfiguration).ToList()) environment.Remove(name);
        foreach (var (name, value) in input.Env ?? ReadOnlyDictionary<string, string>.Empty)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0') || value.Contains('\0', StringComparison.Ordinal))
                throw JobException.Permanent($"env cannot set '{name}': a name is not empty and holds no '=', and neither name nor value holds NUL.");
            environment[name] = value;
        }

        environment["FLEET_RUN_ID"] = context.RunId.ToString();
        environment["FLEET_ATTEMPT"] = context.Attempt.ToString(CultureInfo.InvariantCulture);
        environment[ProcessTree.MarkVariable] = mark;
    }

    private static bool IsConfiguration(string name) =>
        name.StartsWith("Fleet__", StringComparison.OrdinalIgnoreCase) || name.StartsWith("ConnectionStrings__", StringComparison.OrdinalIgnoreCase);

    private static Process Start(ProcessStartInfo start, string file)
    {
        try
        {
            return Process.Start(start)!;
        }
        catch (Win32Exception e)
        {
            // EAGAIN and ENOMEM pass; what else can be wrong is in the input, such as arguments that are too long.
            var message = $"'{file}' could not be started: {e.Message}.";
            throw e.NativeErrorCode is 11 or 12 ? new JobException(message, e) : JobException.Permanent(message, e);
        }
    }

    private static async Task FeedAsync(Stream stream, string? text, CancellationToken cancellation)
    {
        try
        {
            await using (stream)
            {
                if (text is not null) await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), cancellation);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // It does not want to read all of it, which is its own affair.
        }
    }
}

/// <summary>What <see cref="RunProcess"/> gets.</summary>
internal sealed record ProcessInput(
    [Description("The program: a name to look up in the worker's PATH, or a path (a relative one starts from workdir).")] string File,
    [Description("Its arguments, each passed as it is; no shell looks at them.")] IReadOnlyList<string>? Args = null,
    [Description("What it reads from its standard input, as UTF-8; absent for nothing.")] string? Stdin = null,
    [Description("Environment variables to set beside the worker's own, FLEET_RUN_ID and FLEET_ATTEMPT.")] IReadOnlyDictionary<string, string>? Env = null,
    [Description("Where it runs; absent for the worker's configured directory.")] string? Workdir = null);

/// <summary>What <see cref="RunProcess"/> returns.</summary>
/// <param name="ExitCode">The exit code, which is 0.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
internal sealed record ProcessOutput(int ExitCode, long DurationMs);
