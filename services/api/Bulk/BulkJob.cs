using System.Globalization;
using Fleet.Engine.Bulk;
using Fleet.Engine.Redis;
using Fleet.Workers;

namespace Fleet.Api.Bulk;

/// <summary>The job <c>fleet.bulk</c>: does an order page by page, tells how far it is, and goes on where an earlier attempt came to.</summary>
internal sealed class BulkJob(BulkOrders orders, CheckpointStore checkpoints) : IJob<BulkOrder, BulkOutcome>
{
    public async Task<BulkOutcome> RunAsync(BulkOrder input, JobContext context, CancellationToken cancellation)
    {
        var progress = await checkpoints.ReadAsync<BulkProgress>(context.RunId) ?? BulkProgress.None;
        while (progress.Next is not null)
        {
            cancellation.ThrowIfCancellationRequested();
            progress = await orders.StepAsync(input, progress);
            // Dying before this line, the page is done once more, which changes nothing; those it changed are then not counted.
            await SaveAsync(progress, context);
            await TellAsync(input, progress, context);
        }

        return new BulkOutcome(input.Matched, progress.Changed, progress.Skipped);
    }

    private async Task SaveAsync(BulkProgress progress, JobContext context)
    {
        try
        {
            await checkpoints.SaveAsync(context.RunId, progress);
        }
        catch (Exception e) when (RedisFailure.IsFull(e))
        {
            // What makes room must not wait for it. Whoever takes over begins further back.
        }
    }

    private static ValueTask TellAsync(BulkOrder order, BulkProgress progress, JobContext context)
    {
        var done = progress.Changed + progress.Skipped;
        // What happens to runs meanwhile may make them more or fewer than were counted.
        var value = progress.Next is null ? 1 : order.Matched == 0 ? 0 : Math.Min((double)done / order.Matched, 0.99);
        return context.ReportProgressAsync(value, string.Create(CultureInfo.InvariantCulture, $"{done:#,0} of {Math.Max(order.Matched, done):#,0} runs"));
    }
}
