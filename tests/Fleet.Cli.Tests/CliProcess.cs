using System.Diagnostics;
using System.Text;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Cli.Tests;

/// <summary>The command line as a process of its own, over pipes or on a pseudo-terminal.</summary>
internal sealed class CliProcess : IAsyncDisposable
{
    // Where it was built, with all that it needs: beside the tests lies only what their own framework lacks.
    private static readonly string Program = Path.Combine(
        AppContext.BaseDirectory.Replace("/tests/Fleet.Cli.Tests/", "/clients/cli/", StringComparison.Ordinal), "fleet-cli.dll");

    // Whatever surrounds the tests must not decide how the command line behaves in them.
    private static readonly string[] Inherited = ["PATH", "HOME", "DOTNET_ROOT", "TMPDIR"];

    private readonly Process _process;
    private readonly StringBuilder _out = new();
    private readonly StringBuilder _error = new();
    private readonly Task _reading;

    private CliProcess(ProcessStartInfo start)
    {
        start.RedirectStandardInput = start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.StandardOutputEncoding = start.StandardErrorEncoding = Encoding.UTF8;
        _process = Process.Start(start)!;
        _reading = Task.WhenAll(ReadAsync(_process.StandardOutput, _out), ReadAsync(_process.StandardError, _error));
    }

    /// <summary>Its process id; on a terminal that of the program which makes the terminal.</summary>
    public int Id => _process.Id;

    /// <summary>What it has written to its output so far.</summary>
    public string Out
    {
        get
        {
            lock (_out) return _out.ToString();
        }
    }

    /// <summary>What it has written to its error output so far.</summary>
    public string Error
    {
        get
        {
            lock (_error) return _error.ToString();
        }
    }

    /// <summary>Runs it to its end over pipes.</summary>
    public static async Task<CliResult> RunAsync(string[] args, string? input = null, string? directory = null, params (string Name, string Value)[] variables)
    {
        await using var process = Start(args, directory, variables);
        if (input is not null) await process._process.StandardInput.WriteAsync(input);
        process._process.StandardInput.Close();
        return await process.EndAsync();
    }

    /// <summary>Starts it over pipes.</summary>
    public static CliProcess Start(string[] args, string? directory = null, params (string Name, string Value)[] variables) =>
        new(StartInfo("dotnet", ["exec", Program, .. args], directory, variables));

    /// <summary>Starts it on a pseudo-terminal of 80 columns, which gets error output as well.</summary>
    public static CliProcess StartOnTerminal(string[] args, params (string Name, string Value)[] variables)
    {
        var words = string.Join(' ', args.Select(arg => $"'{arg.Replace("'", @"'\''", StringComparison.Ordinal)}'"));
        // Without exec, Ctrl-C would end the shell with the command and hide the exit code.
        return new CliProcess(StartInfo(
            "script", ["-qec", $"stty cols 80 rows 24; exec dotnet exec '{Program}' {words}", "/dev/null"], null, [("TERM", "xterm-256color"), .. variables]));
    }

    /// <summary>Types on the terminal.</summary>
    public async Task TypeAsync(string text)
    {
        await _process.StandardInput.WriteAsync(text);
        await _process.StandardInput.FlushAsync();
    }

    /// <summary>Returns once the output holds a text.</summary>
    public Task ShowsAsync(string text) => Eventually.IsTrueAsync(() => Out.Contains(text, StringComparison.Ordinal), $"the output holds '{text}'");

    /// <summary>Returns once the error output holds a text.</summary>
    public Task ComplainsAsync(string text) => Eventually.IsTrueAsync(() => Error.Contains(text, StringComparison.Ordinal), $"the error output holds '{text}'");

    /// <summary>Waits for its end.</summary>
    public async Task<CliResult> EndAsync()
    {
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        try
        {
            await _process.WaitForExitAsync(timeout.Token);
            await _reading.WaitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"It did not end. Its output: {Out}; its error output: {Error}");
        }

        return new CliResult(_process.ExitCode, Out, Error);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static ProcessStartInfo StartInfo(string file, string[] args, string? directory, (string Name, string Value)[] variables)
    {
        // A directory without a .fleet above it.
        var start = new ProcessStartInfo(file, args) { WorkingDirectory = directory ?? Path.GetTempPath() };
        foreach (var name in start.Environment.Keys.Except(Inherited).ToList()) start.Environment.Remove(name);
        foreach (var (name, value) in variables) start.Environment[name] = value;
        return start;
    }

    private static async Task ReadAsync(StreamReader from, StringBuilder to)
    {
        var buffer = new char[4096];
        int length;
        while ((length = await from.ReadAsync(buffer)) > 0)
        {
            lock (to) to.Append(buffer, 0, length);
        }
    }
}

/// <summary>What a process left behind.</summary>
internal sealed record CliResult(int ExitCode, string Out, string Error)
{
    /// <summary>The output's lines.</summary>
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The output, which must be one JSON document.</summary>
    public JsonElement Json => JsonElement.Parse(Out);

    /// <summary>Requires an exit code, and shows what was printed otherwise.</summary>
    public CliResult Expect(int exitCode)
    {
        Assert.True(ExitCode == exitCode, $"Exit code {ExitCode} instead of {exitCode}.\n--- output\n{Out}\n--- error output\n{Error}");
        return this;
    }
}
