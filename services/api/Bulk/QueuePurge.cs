using Fleet.Engine.Bulk;

namespace Fleet.Api.Bulk;

/// <summary>Cancels what waits in a queue: at once where that is soon done, and otherwise the rest in the background.</summary>
internal sealed class QueuePurge(BulkOrders orders, TimeProvider time)
{
    /// <summary>How long a request may take; then a background run goes on.</summary>
    public TimeSpan Longest { get; set; } = TimeSpan.FromSeconds(5);

    public async Task<PurgeResult> PurgeAsync(string queue)
    {
        var started = time.GetTimestamp();
        var order = await orders.DrawUpAsync(BulkAction.Cancel, new BulkFilter { Queue = queue }, waiting: true);
        var progress = BulkProgress.None;
        while (progress.Next is not null)
        {
            if (time.GetElapsedTime(started) >= Longest) return new PurgeResult(progress.Changed, await HandOverAsync(order));
            progress = await orders.StepAsync(order, progress);
        }

        return new PurgeResult(progress.Changed);
    }

    private async Task<RunId> HandOverAsync(BulkOrder order) => (await orders.PlaceAsync(await orders.CountAsync(order))).Id;
}
