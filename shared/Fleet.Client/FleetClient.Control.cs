namespace Fleet.Client;

public sealed partial class FleetClient
{
    /// <summary>Why a run is where it is, and what would change that.</summary>
    public Task<RunExplanation> ExplainAsync(RunId id, CancellationToken cancellation = default) =>
        _transport.GetAsync<RunExplanation>($"v1/runs/{id}/explain", cancellation);

    /// <summary>Retries, cancels or deletes all runs that match, in the background (contract: POST /v1/runs/bulk).</summary>
    /// <param name="request">What to do to which runs.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    /// <returns>How many runs match, and the run that does it: watch it, wait for it or cancel it like any other.</returns>
    public Task<BulkReceipt> BulkAsync(BulkRequest request, CancellationToken cancellation = default) =>
        _transport.SendAsync<BulkReceipt>(HttpMethod.Post, "v1/runs/bulk", FleetTransport.Json(request), cancellation);

    /// <summary>Has the workers take nothing more from a queue, within a second; what runs goes on.</summary>
    public Task<QueueInfo> PauseQueueAsync(string queue, CancellationToken cancellation = default) =>
        _transport.SendAsync<QueueInfo>(HttpMethod.Post, $"v1/queues/{Uri.EscapeDataString(queue)}/pause", null, cancellation);

    /// <summary>Has the workers take runs from a queue again.</summary>
    public Task<QueueInfo> ResumeQueueAsync(string queue, CancellationToken cancellation = default) =>
        _transport.SendAsync<QueueInfo>(HttpMethod.Post, $"v1/queues/{Uri.EscapeDataString(queue)}/resume", null, cancellation);

    /// <summary>Cancels what waits in a queue; what runs goes on.</summary>
    public Task<PurgeResult> PurgeQueueAsync(string queue, CancellationToken cancellation = default) =>
        _transport.SendAsync<PurgeResult>(HttpMethod.Delete, $"v1/queues/{Uri.EscapeDataString(queue)}/runs", null, cancellation);

    /// <summary>Has a worker take nothing more until it is started anew; what it runs goes on.</summary>
    public Task<WorkerInfo> DrainWorkerAsync(string worker, CancellationToken cancellation = default) =>
        _transport.SendAsync<WorkerInfo>(HttpMethod.Post, $"v1/workers/{Uri.EscapeDataString(worker)}/drain", null, cancellation);
}
