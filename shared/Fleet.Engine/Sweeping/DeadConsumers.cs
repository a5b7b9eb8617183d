using Fleet.Engine.Redis;
using Fleet.Engine.Work;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Sweeping;

/// <summary>
/// Removes the consumers that workers leave behind: every worker that ever looked into a line is one of its group's, and without this
/// each deployment would add as many.
/// </summary>
internal sealed class DeadConsumers(RedisConnection redis, IOptions<FleetOptions> options)
{
    /// <summary>How many lines are looked into at a time: each costs as much as it has consumers.</summary>
    private const int LinesPerRound = 64;

    private int _next;

    /// <summary>Looks into the next lines, and begins anew after the last. Returns how many consumers were removed.</summary>
    public async Task<int> RemoveAsync(IReadOnlyList<WaitingLine> lines)
    {
        if (lines.Count == 0) return 0;
        var count = Math.Min(lines.Count, LinesPerRound);
        var call = Scripts.Retire.Call(count, [], [(long)options.Value.Lease.TotalMilliseconds]);
        for (var i = 0; i < count; i++) call.Add([lines[(_next + i) % lines.Count].Stream]);
        var removed = (int)await call.EvaluateAsync(redis.Database);
        _next = (_next + count) % lines.Count;
        return removed;
    }
}
