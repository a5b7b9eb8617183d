using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;

namespace Fleet.Testing;

/// <summary>A started program: its lines as they come, signals to it, its end. It is killed when the test leaves it running.</summary>
public sealed class StartedProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly Lock _gate = new();
    private readonly List<string> _out = [];
    private readonly List<string> _errors = [];
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private readonly Task _reading;

    private StartedProcess(Process process)
    {
        _process = process;
        _reading = Task.WhenAll(ReadAsync(process.StandardOutput, _out), ReadAsync(process.StandardError, _errors))
            .ContinueWith(_ => _lines.Writer.TryComplete(), TaskScheduler.Default);
    }

    /// <summary>Its id.</summary>
    public int Id => _process.Id;

    /// <summary>Whether it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What it wrote to standard output so far.</summary>
    public IReadOnlyList<string> Output => Copy(_out);

    /// <summary>What it wrote to standard error so far.</summary>
    public IReadOnlyList<string> Errors => Copy(_errors);

    /// <summary>Everything it wrote, for the message of a test that fails.</summary>
    public string Told => string.Join('\n', [.. Output, .. Errors]);

    /// <summary>Starts a program.</summary>
    /// <param name="program">Its name or path.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="directory">Where it runs; null for the folder of temporary files.</param>
    /// <param name="environment">What to set in its environment; null takes a variable out.</param>
    public static StartedProcess Start(string program, IEnumerable<string> arguments, string? directory = null, params (string Name, string? Value)[] environment)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = directory ?? Path.GetTempPath(),
        };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new StartedProcess(Process.Start(start)!);
    }

    /// <summary>Waits for the first line that contains a text.</summary>
    public async Task<string> LineAsync(string text, TimeSpan? patience = null)
    {
        using var timeout = new CancellationTokenSource(patience ?? Patience);
        try
        {
            await foreach (var line in _lines.Reader.ReadAllAsync(timeout.Token))
            {
                if (line.Contains(text, StringComparison.Ordinal)) return line;
            }
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No line with '{text}' came. It wrote:\n{Told}");
        }

        Assert.Fail($"It ended without a line with '{text}'. It wrote:\n{Told}");
        return "";
    }

    /// <summary>Sends a signal, such as TERM, KILL or INT; with <paramref name="group"/> to its whole process group, as a terminal does.</summary>
    public async Task SignalAsync(string signal, bool group = false)
    {
        using var kill = Process.Start("kill", ["-" + signal, "--", (group ? -Id : Id).ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }

    /// <summary>Waits for its end and for its last words.</summary>
    /// <returns>Its exit code; 128 and more for a signal.</returns>
    public async Task<int> ExitAsync(TimeSpan? patience = null)
    {
        try
        {
            await _process.WaitForExitAsync().WaitAsync(patience ?? Patience);
            await _reading.WaitAsync(Patience);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"It did not end in time. It wrote:\n{Told}");
        }

        return _process.ExitCode;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private List<string> Copy(List<string> lines)
    {
        lock (_gate) return [.. lines];
    }

    private async Task ReadAsync(StreamReader reader, List<string> lines)
    {
        while (await reader.ReadLineAsync() is { } line)
        {
            lock (_gate) lines.Add(line);
            _lines.Writer.TryWrite(line);
        }
    }
}
