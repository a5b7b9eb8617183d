using System.Text.Json;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using StackExchange.Redis;

namespace Fleet.Engine.Bulk;

/// <summary>Does something to many runs: page by page, here or in a background run that any API process may execute.</summary>
/// <remarks>
/// Doing a page twice is doing it once, so an order survives whoever executes it. Every method throws <see cref="RedisException"/> or
/// <see cref="RedisTimeoutException"/> while Redis is away.
/// </remarks>
public sealed class BulkOrders
{
    /// <summary>How often a background run is tried again; it does so from where it came to.</summary>
    private const int Attempts = 100;

    private readonly RedisConnection _redis;
    private readonly RedisClock _clock;
    private readonly RunSelector _selector;
    private readonly RunStore _store;

    internal BulkOrders(RedisConnection redis, RedisClock clock, RunSelector selector, RunStore store)
    {
        _redis = redis;
        _clock = clock;
        _selector = selector;
        _store = store;
    }

    /// <summary>An order for the runs that match now. How many these are is not counted yet.</summary>
    /// <param name="action">What to do.</param>
    /// <param name="filter">To which runs.</param>
    /// <param name="waiting">Whether runs that a worker holds are left alone.</param>
    public async Task<BulkOrder> DrawUpAsync(BulkAction action, BulkFilter filter, bool waiting = false) =>
        new() { Action = action, Filter = filter, Waiting = waiting, By = await _clock.ReadAsync(_redis.Database) };

    /// <summary>The order with the number of runs it is for.</summary>
    public async Task<BulkOrder> CountAsync(BulkOrder order) => order with { Matched = await _selector.CountAsync(order.Selection) };

    /// <summary>Has an order done in the background.</summary>
    /// <param name="order">The order.</param>
    /// <param name="idempotencyKey">The caller's name for its request.</param>
    /// <param name="fingerprint">A hash of the request.</param>
    public Task<EnqueueResult> PlaceAsync(BulkOrder order, string? idempotencyKey = null, string fingerprint = "") => _store.EnqueueSystemAsync(new RunSpec
    {
        Job = SystemRuns.BulkJob,
        Queue = SystemRuns.Queue,
        Input = JsonSerializer.SerializeToUtf8Bytes(order, FleetJson.Options),
        MaxAttempts = Attempts,
        IdempotencyKey = idempotencyKey,
        Fingerprint = fingerprint,
    });

    /// <summary>Does an order's next page, where it is not done.</summary>
    public async Task<BulkProgress> StepAsync(BulkOrder order, BulkProgress progress)
    {
        if (progress.Next is not { } at) return progress;
        var page = await _selector.NextAsync(order.Selection, at);
        var changed = await ApplyAsync(order, page.Ids);
        return new BulkProgress(page.Next, progress.Changed + changed, progress.Skipped + page.Ids.Count - changed);
    }

    /// <summary>How many of the runs were changed.</summary>
    private async Task<int> ApplyAsync(BulkOrder order, IReadOnlyList<RunId> ids) => order.Action switch
    {
        BulkAction.Cancel => (await _store.CancelAsync(ids, order.Waiting)).Count(outcome => outcome is CancelOutcome.Cancelled or CancelOutcome.Told),
        BulkAction.Retry => (await _store.RetryAsync(ids, order.By)).Count(outcome => outcome == ChangeOutcome.Done),
        _ => (await _store.DeleteAsync(ids, order.By)).Count(outcome => outcome == ChangeOutcome.Done),
    };
}
