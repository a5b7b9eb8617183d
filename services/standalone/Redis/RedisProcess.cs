using System.ComponentModel;
using System.Diagnostics;
using Fleet.Engine;

namespace Fleet.Standalone.Redis;

/// <summary>One life of a redis-server, and of the small shell script that ends it when this process is gone.</summary>
internal sealed class RedisProcess : IAsyncDisposable
{
    private const int WordsKept = 16 * 1024;

    private static readonly TimeSpan Saving = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan FirstAnswer = TimeSpan.FromSeconds(30);

    private readonly Process _watchdog;
    private readonly string _log;
    private readonly long _logStart;
    private bool _disposed;

    private RedisProcess(Process watchdog, string log, long logStart) => (_watchdog, _log, _logStart) = (watchdog, log, logStart);

    /// <summary>The last line of its log, for people.</summary>
    public string LastWords => Words().LastOrDefault() is { } line ? $"the last line in {_log} is: {line}" : $"there is no word of it in {_log}";

    /// <summary>Whether it ended because its port was in use.</summary>
    public bool PortWasTaken => Words().Any(line => line.Contains("Address already in use", StringComparison.Ordinal));

    /// <summary>Starts it with the redis.conf of this directory.</summary>
    /// <exception cref="FleetException">There is no redis-server, or no shell.</exception>
    public static RedisProcess Start(string directory)
    {
        var server = OnPath("redis-server") ?? throw new FleetException(
            "redis-server is not installed. ./fleet up installs it; or install it yourself (apt-get install redis-server, dnf install redis, " +
            "apk add redis, brew install redis), or use one that runs elsewhere: --redis HOST:PORT.");
        var log = Path.Combine(directory, "redis.log");
        var script = Path.Combine(directory, "watchdog.sh");
        using (var resource = typeof(RedisProcess).Assembly.GetManifestResourceStream("watchdog.sh")!)
        using (var file = File.Create(script))
        {
            resource.CopyTo(file);
        }

        var start = new ProcessStartInfo("sh")
        {
            ArgumentList = { "-c", "exec \"$@\" >>redis.log 2>&1", "sh" },
            WorkingDirectory = directory,
            RedirectStandardInput = true,
        };
        string[] command = [.. OwnSession(), "sh", script, server, Path.Combine(directory, "redis.conf"), $"{Saving.TotalSeconds * 20:0}"];
        foreach (var argument in command) start.ArgumentList.Add(argument);

        var logStart = File.Exists(log) ? new FileInfo(log).Length : 0;
        try
        {
            return new RedisProcess(Process.Start(start)!, log, logStart);
        }
        catch (Win32Exception e)
        {
            throw new FleetException($"The embedded Redis needs a POSIX shell, and sh cannot be started: {e.Message}. Use a Redis elsewhere: --redis HOST:PORT.", e);
        }
    }

    /// <summary>Waits until it takes commands. Reading much data may take long; not answering at all may not.</summary>
    /// <exception cref="FleetException">It ended, or does not answer.</exception>
    public async Task ReadyAsync(RedisSettings settings, Action<string> say, CancellationToken cancellation)
    {
        var started = Stopwatch.GetTimestamp();
        var told = false;
        while (true)
        {
            var answer = await RedisProbe.PingAsync(settings, cancellation);
            if (answer is RedisAnswer.Ready) return;
            if (_watchdog.HasExited) throw new FleetException($"redis-server does not start ({LastWords}).");

            var waited = Stopwatch.GetElapsedTime(started);
            if (answer is RedisAnswer.Loading && !told && waited > TimeSpan.FromSeconds(2))
            {
                say("Redis is reading its data …");
                told = true;
            }

            if (answer is not RedisAnswer.Loading && waited > FirstAnswer)
                throw new FleetException($"redis-server does not answer on port {settings.Port} ({LastWords}).");
            await Task.Delay(20, cancellation);
        }
    }

    /// <summary>Waits until it has ended.</summary>
    public Task ExitAsync(CancellationToken cancellation) => _watchdog.WaitForExitAsync(cancellation);

    /// <summary>Closes the pipe, which has the script end Redis, and waits for that.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed) return;
        _disposed = true;
        _watchdog.StandardInput.Close();
        try
        {
            await _watchdog.WaitForExitAsync().WaitAsync(Saving + TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            _watchdog.Kill(entireProcessTree: true);
        }

        _watchdog.Dispose();
    }

    // In a session of its own, so that Ctrl-C in a terminal reaches Fleet alone, which needs Redis until it has drained.
    private static string[] OwnSession() =>
        OnPath("setsid") is { } setsid ? [setsid]
        : OnPath("perl") is { } perl ? [perl, "-MPOSIX", "-e", "POSIX::setsid(); exec @ARGV"]
        : [];

    private static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
        .Where(folder => folder.Length > 0)
        .Select(folder => Path.Combine(folder, name))
        .FirstOrDefault(File.Exists);

    private string[] Words()
    {
        try
        {
            using var stream = new FileStream(_log, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            stream.Position = Math.Max(Math.Min(_logStart, stream.Length), stream.Length - WordsKept);
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
        catch (IOException)
        {
            return [];
        }
    }
}
