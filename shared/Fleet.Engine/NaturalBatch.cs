namespace Fleet.Engine;

/// <summary>
/// Gathers single calls into batches without ever waiting for one to fill: whatever arrives while a call is under way goes into
/// the next. Alone, an item is sent at once.
/// </summary>
/// <param name="most">How many items a batch may hold.</param>
/// <param name="sendAsync">Sends a batch; its results are in the order of the items.</param>
internal sealed class NaturalBatch<TItem, TResult>(int most, Func<IReadOnlyList<TItem>, Task<IReadOnlyList<TResult>>> sendAsync)
{
    private readonly Lock _lock = new();
    private List<(TItem Item, TaskCompletionSource<TResult> Result)> _waiting = [];
    private bool _sending;

    /// <summary>Sends an item with the next batch; the task ends as that batch does.</summary>
    public Task<TResult> AddAsync(TItem item)
    {
        // Continuations must not run inside the sending loop, or one caller's work would delay every other's.
        var result = new TaskCompletionSource<TResult>(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_lock)
        {
            _waiting.Add((item, result));
            if (_sending) return result.Task;
            _sending = true;
        }

        _ = SendAllAsync();
        return result.Task;
    }

    private async Task SendAllAsync()
    {
        while (TakeBatch() is { } batch)
        {
            try
            {
                var results = await sendAsync([.. batch.Select(call => call.Item)]);
                for (var i = 0; i < batch.Count; i++) batch[i].Result.TrySetResult(results[i]);
            }
#pragma warning disable CA1031 // Whatever went wrong belongs to the callers of this batch, and the next batch is another matter.
            catch (Exception e)
#pragma warning restore CA1031
            {
                foreach (var call in batch) call.Result.TrySetException(e);
            }
        }
    }

    private List<(TItem Item, TaskCompletionSource<TResult> Result)>? TakeBatch()
    {
        lock (_lock)
        {
            var batch = _waiting;
            if (batch.Count == 0)
            {
                _sending = false;
                return null;
            }

            if (batch.Count <= most)
            {
                _waiting = [];
                return batch;
            }

            _waiting = batch.GetRange(most, batch.Count - most);
            return batch.GetRange(0, most);
        }
    }
}
