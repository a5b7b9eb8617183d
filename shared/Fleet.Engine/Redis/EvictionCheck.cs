using Microsoft.Extensions.Logging;

namespace Fleet.Engine.Redis;

/// <summary>
/// Holds Redis to keeping what it was given. With any maxmemory-policy but <c>noeviction</c> it drops keys when it is full, and with them
/// runs that were accepted, without a word; also where no maxmemory is set, because somebody may set one while Fleet runs.
/// </summary>
internal sealed partial class EvictionCheck(RedisConnection redis, TimeProvider time, ILogger<EvictionCheck> logger)
{
    private const string Field = "maxmemory_policy:";
    private const string Harmless = "noeviction";

    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private volatile string? _fault;
    private int _looking;

    /// <summary>Looks before anything else starts, and from then on whenever the connection is there again.</summary>
    /// <exception cref="FleetException">Redis would drop runs.</exception>
    public async Task RequireAsync()
    {
        await LookAsync();
        if (_fault is { } fault) throw new FleetException(fault);
        redis.Restored += (_, _) => _ = LookAgainAsync();
    }

    /// <summary>What is wrong and what to do about it; null while nothing is. Where something was, it is looked at again.</summary>
    public async Task<string?> FaultAsync()
    {
        if (_fault is not null) await TryLookAsync();
        return _fault;
    }

    /// <summary>It may be another Redis now, or one with another configuration.</summary>
    private async Task LookAgainAsync()
    {
        if (Interlocked.Exchange(ref _looking, 1) != 0) return;
        try
        {
            while (redis.IsConnected && !await TryLookAsync()) await Task.Delay(RetryInterval, time, CancellationToken.None);
        }
        finally
        {
            Volatile.Write(ref _looking, 0);
        }

        if (_fault is { } fault) LogEvicts(fault);
    }

    private async Task<bool> TryLookAsync()
    {
        try
        {
            await LookAsync();
            return true;
        }
        catch (Exception e) when (RedisFailure.Is(e) || e is ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task LookAsync()
    {
        string? found = null;
        foreach (var server in redis.Shared.GetServers().Where(server => server.IsConnected && !server.IsReplica))
        {
            // INFO, because CONFIG is what managed services forbid.
            var memory = (string?)await server.ExecuteAsync("INFO", "memory") ?? "";
            var policy = memory.Split('\n').FirstOrDefault(line => line.StartsWith(Field, StringComparison.Ordinal))?[Field.Length..].Trim();
            if (policy is not (null or Harmless)) found = policy;
        }

        _fault = found is null ? null
            : $"Redis's maxmemory-policy is {found}: when it is full, it would drop runs that were accepted. " +
              $"Set it to {Harmless}, in redis.conf and with: redis-cli CONFIG SET maxmemory-policy {Harmless}";
    }

    [LoggerMessage(1011, LogLevel.Error, "{Fault}")]
    private partial void LogEvicts(string fault);
}
