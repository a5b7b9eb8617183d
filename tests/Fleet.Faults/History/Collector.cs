using System.Globalization;
using Fleet.Engine;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using StackExchange.Redis;

namespace Fleet.Faults.History;

/// <summary>Reads from Redis, past all services, what became of everything.</summary>
internal sealed class Collector : IAsyncDisposable
{
    private const int AtOnce = 500;

    private readonly IHost _host;
    private readonly FleetKeys _keys;
    private readonly RedisConnection _redis;
    private readonly RunReader _reader;
    private readonly QueueRegistry _queues;

    private Collector(IHost host)
    {
        _host = host;
        _keys = host.Services.GetRequiredService<FleetKeys>();
        _redis = host.Services.GetRequiredService<RedisConnection>();
        _reader = host.Services.GetRequiredService<RunReader>();
        _queues = host.Services.GetRequiredService<QueueRegistry>();
    }

    /// <summary>Connects to Redis itself.</summary>
    public static async Task<Collector> OpenAsync(int redisPort, string prefix, CancellationToken cancellation)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration["Fleet:Redis"] = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redisPort}");
        builder.Configuration["Fleet:Prefix"] = prefix;
        builder.Services.AddFleetEngine(builder.Configuration);
        var host = builder.Build();
        await host.StartAsync(cancellation);
        return new Collector(host);
    }

    /// <summary>What is not over yet. Nothing is left when all of it is empty.</summary>
    public async Task<Leftovers> LeftoversAsync()
    {
        var active = new List<string>();
        var due = new List<string>();
        var streams = new List<StreamLeftovers>();
        var queues = await _queues.ListAsync();
        foreach (var partition in _keys.Partitions)
        {
            active.AddRange((await _redis.Database.SortedSetRangeByRankAsync(partition.Active)).Select(id => id.ToString()));
            due.AddRange((await _redis.Database.SortedSetRangeByRankAsync(partition.Due)).Select(id => id.ToString()));
            foreach (var queue in queues)
            {
                foreach (var priority in Priorities.All) streams.Add(await StreamAsync(partition.Stream(queue, priority)));
            }
        }

        return new Leftovers(active, due, streams);
    }

    /// <summary>Every run there is, batch by batch, with its timeline.</summary>
    public async IAsyncEnumerable<IReadOnlyList<RunStory>> RunsAsync()
    {
        var listings = await ListingsAsync();
        foreach (var batch in listings.Chunk(AtOnce))
        {
            var timelines = await Task.WhenAll(batch.Select(run => _reader.EventsAsync(run.Key, after: 0)));
            yield return [.. timelines.Zip(batch)
                .Where(pair => pair.First is not null)
                .Select(pair => new RunStory(pair.First!.Run, pair.First.Events, pair.Second.Value))];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable) await disposable.DisposeAsync();
    }

    /// <summary>Every run that any listing names, and the listings that do.</summary>
    private async Task<Dictionary<RunId, List<string>>> ListingsAsync()
    {
        var listings = new Dictionary<RunId, List<string>>();
        foreach (var partition in _keys.Partitions)
        {
            await AddAsync("active", partition.Active);
            foreach (var state in RunStates.Final) await AddAsync(state.Name(), partition.Final(state));
        }

        return listings;

        async Task AddAsync(string name, RedisKey key)
        {
            foreach (var id in await _redis.Database.SortedSetRangeByRankAsync(key))
            {
                var run = RunId.Parse(id.ToString());
                if (!listings.TryGetValue(run, out var names)) listings[run] = names = [];
                names.Add(name);
            }
        }
    }

    private async Task<StreamLeftovers> StreamAsync(RedisKey key)
    {
        var length = await _redis.Database.StreamLengthAsync(key);
        try
        {
            return new StreamLeftovers(key.ToString(), length, (await _redis.Database.StreamPendingAsync(key, "fleet")).PendingMessageCount);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOGROUP", StringComparison.Ordinal) || e.Message.StartsWith("ERR no such key", StringComparison.Ordinal))
        {
            // Nobody has taken from it yet.
            return new StreamLeftovers(key.ToString(), length, 0);
        }
    }
}
