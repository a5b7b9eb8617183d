using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using Fleet.Engine.Redis;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using StackExchange.Redis;

namespace Fleet.Engine.Live;

/// <summary>
/// Knows how many watch a run, over all replicas: each says how many of its own clients do, at most once a second, and says it again
/// before that lapses. Whoever watches the run hears of a change as an update of its <see cref="RunWatch"/>.
/// </summary>
[SuppressMessage("Usage", "CA2213", Justification = "A loop that ends may still wait for the signal, whose semaphore holds nothing else.")]
public sealed partial class Attendance : BackgroundService
{
    /// <summary>How long a replica's share holds without being renewed: how long the clients of a killed one are counted.</summary>
    private static readonly TimeSpan ShareTime = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan RenewInterval = ShareTime / 3;

    /// <summary>How long to gather changes before they are told.</summary>
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private const int RunsPerCall = 256;

    private readonly string _replica = RandomNumberGenerator.GetHexString(8, lowercase: true);
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RunWatcher _runs;
    private readonly RedisClock _clock;
    private readonly TimeProvider _time;
    private readonly ILogger<Attendance> _logger;
    private readonly Lock _lock = new();
    private readonly Dictionary<RunId, int> _counts = [];
    private readonly HashSet<RunId> _changed = [];
    private readonly Signal _signal = new();

    internal Attendance(FleetKeys keys, RedisConnection redis, RunWatcher runs, RedisClock clock, TimeProvider time, ILogger<Attendance> logger)
    {
        _keys = keys;
        _redis = redis;
        _runs = runs;
        _clock = clock;
        _time = time;
        _logger = logger;
    }

    /// <summary>One more of this replica's clients watches a run, until what this returns is disposed.</summary>
    public IDisposable Join(RunId id)
    {
        Change(id, 1);
        return new Attendant(this, id);
    }

    /// <summary>How many clients of this replica watch a run.</summary>
    public int CountHere(RunId id)
    {
        lock (_lock) return _counts.GetValueOrDefault(id);
    }

    /// <summary>How many clients of other replicas watch a run.</summary>
    /// <exception cref="RedisException">Redis is away.</exception>
    /// <exception cref="RedisTimeoutException">Redis does not answer.</exception>
    public async Task<int> CountElsewhereAsync(RunId id)
    {
        if (_keys.Of(id) is not { } partition) return 0;
        var shares = await _redis.Database.HashGetAllAsync(partition.Watchers(id));
        return shares.Where(share => share.Name != _replica).Sum(share => Share(share.Value.ToString()));
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        // Whoever watched here is gone, or about to be; the others need not wait until this lapses.
        List<(RunId, int)> gone;
        lock (_lock) gone = [.. _counts.Keys.Select(id => (id, 0))];
        await TellAsync(gone);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var renewed = _time.GetTimestamp();
        try
        {
            while (true)
            {
                await _signal.WaitAsync(RenewInterval, stoppingToken);
                var isRenewal = _time.GetElapsedTime(renewed) >= RenewInterval;
                if (isRenewal) renewed = _time.GetTimestamp();
                await TellAsync(TakeChanged(isRenewal));
                await Task.Delay(Interval, _time, stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void Change(RunId id, int by)
    {
        lock (_lock)
        {
            _counts[id] = _counts.GetValueOrDefault(id) + by;
            _changed.Add(id);
        }

        _signal.Set();
    }

    private List<(RunId Id, int Count)> TakeChanged(bool andAllOthers)
    {
        lock (_lock)
        {
            List<(RunId, int)> changed = [.. (andAllOthers ? _counts.Keys : (IEnumerable<RunId>)_changed).Select(id => (id, _counts[id]))];
            _changed.Clear();
            return changed;
        }
    }

    private async Task TellAsync(List<(RunId Id, int Count)> shares)
    {
        foreach (var partition in shares.GroupBy(share => share.Id.Partition))
        {
            foreach (var chunk in partition.Chunk(RunsPerCall)) await TellAsync(_keys.Of(chunk[0].Id)!, chunk);
        }
    }

    private async Task TellAsync(PartitionKeys partition, (RunId Id, int Count)[] shares)
    {
        var call = Scripts.Attend.Call(shares.Length, [], [_replica, (long)ShareTime.TotalMilliseconds]);
        foreach (var (id, count) in shares) call.Add([partition.Watchers(id), partition.Run(id)], [count]);
        try
        {
            var totals = (int[])(await call.EvaluateAsync(_redis.Database))!;
            for (var i = 0; i < shares.Length; i++) _runs.TellWatchers(shares[i].Id, totals[i]);
            Forget(shares);
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            LogNotTold(e.Message);
            lock (_lock) _changed.UnionWith(shares.Select(share => share.Id).Where(_counts.ContainsKey));
            _signal.Set();
        }
    }

    /// <summary>Forgets runs that nobody watches here any more, once that is told.</summary>
    private void Forget((RunId Id, int Count)[] told)
    {
        lock (_lock)
        {
            foreach (var (id, count) in told)
            {
                if (count == 0 && _counts.GetValueOrDefault(id) == 0 && !_changed.Contains(id)) _counts.Remove(id);
            }
        }
    }

    /// <summary>A replica's share, as attend.lua writes it: how many, and until when in ms.</summary>
    private int Share(string share) =>
        share.Split(' ') is [var count, var until] && long.Parse(until, provider: null) > _clock.Now ? int.Parse(count, provider: null) : 0;

    /// <summary>One client's place among those who watch a run.</summary>
    private sealed class Attendant(Attendance attendance, RunId id) : IDisposable
    {
        private Attendance? _attendance = attendance;

        public void Dispose() => Interlocked.Exchange(ref _attendance, null)?.Change(id, -1);
    }

    [LoggerMessage(1231, LogLevel.Warning, "How many watch was not told: {Reason}")]
    private partial void LogNotTold(string reason);
}
