using System.Diagnostics;
using System.Globalization;
using Fleet.Bench.Fanout.Load;
using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>All clients in one group, to which one client publishes.</summary>
internal sealed class GroupCase : IAsyncDisposable
{
    private const int TimesKept = 1 << 20;

    private readonly Contender _contender;
    private readonly ServerGroup _servers;
    private readonly Crowd _crowd;
    private readonly GroupPublisher _publisher;
    private readonly int _size;
    private readonly double _memoryPerConnection;

    private GroupCase(Contender contender, ServerGroup servers, Crowd crowd, GroupPublisher publisher, int size, double memoryPerConnection)
    {
        _contender = contender;
        _servers = servers;
        _crowd = crowd;
        _publisher = publisher;
        _size = size;
        _memoryPerConnection = memoryPerConnection;
    }

    /// <summary>Starts servers and lets all clients join.</summary>
    public static async Task<GroupCase> StartAsync(Contender contender, int clients, int servers, int size, CancellationToken cancellation)
    {
        var group = await ServerGroup.StartHubsAsync(contender, servers, cancellation);
        Crowd? crowd = null;
        try
        {
            var empty = group.Memory;
            var times = new SendTimes(TimesKept);
            var join = group.Dialect.Call(nameof(GroupHub.Join), "", 1);
            crowd = await Crowd.GatherAsync(group, clients, _ => join, _ => times, cancellation);
            var perConnection = (double)(group.Memory - empty) / clients;
            var publisher = await GroupPublisher.ConnectAsync(group, crowd, times, size);
            return new GroupCase(contender, group, crowd, publisher, size, perConnection);
        }
        catch
        {
            crowd?.Dispose();
            await group.DisposeAsync();
            throw;
        }
    }

    /// <summary>Publishes without counting, until the servers have compiled what they run.</summary>
    public async Task WarmUpAsync(double rate, TimeSpan lasts, CancellationToken cancellation)
    {
        _crowd.Loop.Reset();
        await _crowd.SettleAsync(await _publisher.RunAsync(rate, lasts, cancellation) * Counting, cancellation);
    }

    /// <summary>From now on the first so many read no faster than this.</summary>
    public void Slow(int count, long bytesPerSecond)
    {
        foreach (var member in _crowd.Members.Take(count)) _crowd.Loop.Pace(member, bytesPerSecond);
    }

    /// <summary>Publishes for a while and waits until everything has arrived.</summary>
    public async Task<FanoutRow> MeasureAsync(string name, double rate, TimeSpan lasts, CancellationToken cancellation)
    {
        var heap = await HeapAsync();
        var before = Reckon();
        await using var window = await Window.OpenAsync(_servers, _crowd);
        var begun = Stopwatch.GetTimestamp();
        var published = await _publisher.RunAsync(rate, lasts, cancellation);
        var took = Stopwatch.GetElapsedTime(begun);
        await _crowd.SettleAsync(published * Counting, cancellation);
        var row = await window.CloseAsync(name, _contender, (rate, _size), (published, took), Reckon().Since(before));
        return row with { MemoryPerConnection = _memoryPerConnection, HeapGrowth = await HeapAsync() - heap };
    }

    public async ValueTask DisposeAsync()
    {
        _crowd.Dispose();
        await _servers.DisposeAsync();
    }

    /// <summary>Whether a connection broke, so that nothing more can be measured.</summary>
    public bool IsBroken => _publisher.IsBroken || _crowd.Members.Any(member => member.Counts && member.Fault is not null);

    private int Counting => _crowd.Members.Count(member => member.Counts);

    private Reckoning Reckon() => Reckoning.Of(_crowd, _ => _publisher.Published, _publisher.IsBroken ? 1 : 0);

    /// <summary>Bytes alive in the servers' heaps; null where they do not tell.</summary>
    private async Task<long?> HeapAsync()
    {
        if (_contender == Contender.SocketIo) return null;
        using var http = new HttpClient();
        var heap = 0L;
        foreach (var server in _servers.Servers)
            heap += long.Parse(await http.GetStringAsync(new Uri($"http://{server.Address}/memory")), CultureInfo.InvariantCulture);
        return heap;
    }
}
