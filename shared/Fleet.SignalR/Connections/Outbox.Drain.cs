using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Connections;

internal sealed partial class Outbox
{
    /// <summary>About how much goes out in one write; more at once would fill the connection's pipe beyond its own bound.</summary>
    private const int MostBytesAtOnce = 64 * 1024;

    private const int MostItemsAtOnce = 1024;

    /// <summary>Ends a write that was begun: at once where it is over and nothing came meanwhile.</summary>
    private void Follow(ValueTask write)
    {
        if (write.IsCompletedSuccessfully)
        {
            write.GetAwaiter().GetResult();
            lock (_lock)
            {
                if (!_resync && _waiting is not { Count: > 0 })
                {
                    _writing = false;
                    return;
                }
            }

            write = default;
        }

        _ = DrainAsync(write, null);
    }

    /// <summary>Awaits the write under way, then writes what waits, until nothing does.</summary>
    private async Task DrainAsync(ValueTask write, TaskCompletionSource<bool>? left)
    {
        var batch = new List<OutboxItem>();
        try
        {
            await write;
            left?.TrySetResult(true);
            while (TryTake(batch))
            {
                await WriteAsync(batch);
                foreach (var item in batch) item.Left?.TrySetResult(true);
                batch.Clear();
            }
        }
#pragma warning disable CA1031 // Whatever it was, this connection cannot be written to; the others can.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroken(connection.Id, e);
            Close();
            left?.TrySetResult(false);
            foreach (var item in batch) item.Left?.TrySetResult(false);
            connection.Cut();
        }
    }

    /// <summary>Takes what goes out next; false when nothing waits, and then the next one begins anew.</summary>
    private bool TryTake(List<OutboxItem> batch)
    {
        lock (_lock)
        {
            if (_resync && !_closed)
            {
                _resync = false;
                batch.Add(OutboxItem.OfMany(limits.Resync, 0));
            }

            var bytes = 0;
            while (bytes < MostBytesAtOnce && batch.Count < MostItemsAtOnce && _waiting is { Count: > 0 })
            {
                var item = _waiting.Dequeue();
                bytes += item.Bytes;
                batch.Add(item);
            }

            _waitingBytes -= bytes;
            if (batch.Count == 0) _writing = false;
            return batch.Count > 0;
        }
    }

    private async ValueTask WriteAsync(List<OutboxItem> batch)
    {
        // A protocol that counts messages to send them again after a reconnect has to be given one at a time.
        if (batch.Count == 1 || connection.CountsMessages)
        {
            foreach (var item in batch) await (item.Payload is { } payload ? connection.WriteAsync(payload) : connection.WriteAsync(item.Message!));
            return;
        }

        // What is written has been copied when the write is over.
        using var together = new PooledBuffer();
        foreach (var item in batch) Append(item, together);
        await connection.Context.WriteAsync(new SerializedHubMessage([new SerializedMessage(connection.Protocol, together.Bytes)]));
    }

    private void Append(OutboxItem item, PooledBuffer together)
    {
        if (item.Payload is { } payload)
        {
            if (!payload.TryGet(connection.Protocol, out var bytes)) return;
            bytes.Span.CopyTo(together.GetSpan(bytes.Length));
            together.Advance(bytes.Length);
            return;
        }

        var start = together.Length;
        try
        {
            connection.Context.Protocol.WriteMessage(item.Message!, together);
        }
#pragma warning disable CA1031 // Its arguments cannot be serialised, in one of many ways; that is its sender's matter.
        catch (Exception e)
#pragma warning restore CA1031
        {
            together.Length = start;
            item.Left!.TrySetException(e);
        }
    }
}
