using Fleet.Engine;

namespace Fleet.Standalone.Redis;

/// <summary>
/// A redis-server of Fleet's own: a child process on a free loopback port with its data in a directory. It is started again
/// when it ends unexpectedly, and it never outlives this process, however that ends.
/// </summary>
internal sealed class EmbeddedRedis : IAsyncDisposable
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan GoodLife = TimeSpan.FromMinutes(1);

    private readonly string _directory;
    private readonly RedisSettings _settings;
    private readonly Action<string> _say;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _watching;
    private RedisProcess _process;

    private EmbeddedRedis(string directory, RedisSettings settings, RedisProcess process, Action<string> say, TimeProvider time)
    {
        (_directory, _settings, _process, _say, _time) = (directory, settings, process, say, time);
        _watching = WatchAsync();
    }

    /// <summary>How to connect to it.</summary>
    public string ConnectionString => $"127.0.0.1:{_settings.Port},password={_settings.Password}";

    /// <summary>Starts it and waits until it takes commands, however much data it has to read first.</summary>
    /// <param name="directory">Where its data, configuration and log are. Nobody else may use it meanwhile.</param>
    /// <param name="say">Tells whoever looks on, a line at a time.</param>
    /// <param name="time">The clock for pauses.</param>
    /// <param name="cancellation">Gives up.</param>
    /// <exception cref="FleetException">It cannot be started.</exception>
    public static async Task<EmbeddedRedis> StartAsync(string directory, Action<string> say, TimeProvider time, CancellationToken cancellation)
    {
        var file = Path.Combine(directory, "redis.conf");
        if (RedisSettings.Read(file) is { } earlier) await EndLeftoverAsync(earlier, directory, cancellation);

        for (var attempt = 1; ; attempt++)
        {
            var settings = RedisSettings.New();
            settings.Write(file, directory);
            var process = RedisProcess.Start(directory);
            try
            {
                await process.ReadyAsync(settings, say, cancellation);
                return new EmbeddedRedis(directory, settings, process, say, time);
            }
            catch (FleetException) when (process.PortWasTaken && attempt < 3)
            {
                // Somebody took the port between our finding it free and Redis listening there: try another one.
                await process.DisposeAsync();
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>Has it write everything and end; kills it when that takes too long.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _watching;
        await _process.DisposeAsync();
        _stopping.Dispose();
    }

    private async Task WatchAsync()
    {
        var pause = ShortestPause;
        try
        {
            while (true)
            {
                var started = _time.GetTimestamp();
                await _process.ExitAsync(_stopping.Token);
                _say($"Redis ended unexpectedly ({_process.LastWords}). It is started again.");
                if (_time.GetElapsedTime(started) > GoodLife) pause = ShortestPause;
                while (true)
                {
                    await Task.Delay(pause, _time, _stopping.Token);
                    pause = TimeSpan.FromTicks(Math.Min(pause.Ticks * 2, LongestPause.Ticks));
                    if (await RestartAsync()) break;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Fleet is stopping.
        }
    }

    private async Task<bool> RestartAsync()
    {
        await _process.DisposeAsync();
        try
        {
            // On the same port, because that is the one everybody here knows.
            _process = RedisProcess.Start(_directory);
            await _process.ReadyAsync(_settings, _say, _stopping.Token);
            _say("Redis is back, with all that it had written.");
            return true;
        }
        catch (FleetException e)
        {
            _say(e.Message);
            return false;
        }
    }

    // Only a watchdog that was itself killed leaves a Redis behind. Two on the same files would ruin them.
    private static async Task EndLeftoverAsync(RedisSettings earlier, string directory, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            while (await RedisProbe.PingAsync(earlier, timeout.Token) is RedisAnswer.Ready or RedisAnswer.Loading)
            {
                await RedisProbe.ShutDownAsync(earlier, timeout.Token);
                await Task.Delay(50, timeout.Token);
            }
        }
        catch (OperationCanceledException e) when (!cancellation.IsCancellationRequested)
        {
            throw new FleetException(
                $"A redis-server of an earlier start still uses {directory} and does not end. Its process id is in redis.pid there: end it, then try again.", e);
        }
    }
}
