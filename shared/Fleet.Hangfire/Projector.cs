using System.Text.Json;
using System.Threading.Channels;
using Fleet.Engine;
using Fleet.Engine.Live;
using Fleet.Engine.Redis;
using Fleet.Hangfire.Feed;
using Fleet.Hangfire.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using StackExchange.Redis;

namespace Fleet.Hangfire;

/// <summary>
/// Keeps the picture that Hangfire dashboards show. Of all processes that may, one does: the one with the lease, which every write checks.
/// What it does is <see cref="Rounds"/>.
/// </summary>
internal sealed partial class Projector(
    IServiceProvider services, HangfireKeys keys, PictureConnection connection, PictureStore store, FeedTail tail,
    IOptions<HangfireOptions> options, IOptions<FleetOptions> fleet, TimeProvider time, ILogger<Projector> logger) : BackgroundService
{
    /// <summary>How soon what failed is tried again, and the lease asked for.</summary>
    private static readonly TimeSpan RetryPause = TimeSpan.FromSeconds(1);

    private readonly Channel<bool> _called =
        Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Called after each round, for tests.</summary>
    internal Action? Settled { get; set; }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await connection.OpenAsync(stoppingToken);
                if (await store.TryTakeLeaseAsync()) await KeepAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                break;
            }
            catch (LeaseLostException)
            {
                LogTakenOver();
            }
            // A batch may also be of a newer version of Fleet; the feed drops it by and by, and the picture is then read anew.
            catch (Exception e) when (RedisFailure.Is(e) || e is FleetException or JsonException or FormatException or InvalidOperationException
                or KeyNotFoundException or IndexOutOfRangeException)
            {
                LogPostponed(e.Message);
            }

            await SleepAsync(RetryPause, stoppingToken);
        }

        await GiveUpAsync();
    }

    private async Task KeepAsync(CancellationToken stopping)
    {
        var stored = await store.LoadAsync();
        if (stored.Progress.TryGetValue("owner", out var owner) && owner != fleet.Value.Prefix)
        {
            await store.GiveUpLeaseAsync();
            throw new FleetException(
                $"The keys that begin with {keys.Prefix} are those of the deployment '{owner}': give each its own Fleet:Hangfire:Prefix.");
        }

        LogKeeps(keys.Prefix, stored.Runs.Count);
        await using var scope = services.CreateAsyncScope();
        var rounds = ActivatorUtilities.CreateInstance<Rounds>(scope.ServiceProvider, stored);
        var channel = RedisChannel.Literal(keys.FetchChannel);
        Action<RedisChannel, RedisValue> call = (_, _) => _called.Writer.TryWrite(true);
        await connection.Subscriber.SubscribeAsync(channel, call);

        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var reading = new FeedReading(tail, time).ReadAsync(rounds.Backlog, over.Token);
        var writing = MakeRoundsAsync(rounds, over.Token);
        try
        {
            // Neither ends before it is cancelled or fails.
            await await Task.WhenAny(reading, writing);
        }
        finally
        {
            await over.CancelAsync();
            await Task.WhenAll(reading, writing).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            await connection.Subscriber.UnsubscribeAsync(channel, call, CommandFlags.FireAndForget);
        }
    }

    private async Task MakeRoundsAsync(Rounds rounds, CancellationToken cancellation)
    {
        var isCalled = true;
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            await rounds.MakeAsync(isCalled);
            Settled?.Invoke();
            isCalled = await SleepAsync(options.Value.Interval, cancellation);
        }
    }

    /// <summary>Waits until the time is over, or a dashboard says that it did something; whether that was so.</summary>
    private async Task<bool> SleepAsync(TimeSpan pause, CancellationToken cancellation)
    {
        using var over = new CancellationTokenSource(pause, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, over.Token);
        try
        {
            return await _called.Reader.ReadAsync(either.Token);
        }
        catch (OperationCanceledException)
        {
            // The pause is over, or the process ends.
            return false;
        }
    }

    private async Task GiveUpAsync()
    {
        try
        {
            await store.GiveUpLeaseAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is InvalidOperationException)
        {
            // It lapses by itself.
        }
    }

    [LoggerMessage(4011, LogLevel.Information, "This process keeps the picture for Hangfire dashboards under {Prefix}; it has {Count} runs so far")]
    private partial void LogKeeps(string prefix, int count);

    [LoggerMessage(4012, LogLevel.Information, "Another process keeps the picture for Hangfire dashboards now")]
    private partial void LogTakenOver();

    [LoggerMessage(4013, LogLevel.Warning, "The picture for Hangfire dashboards is put off: {Reason}")]
    private partial void LogPostponed(string reason);
}
