using System.Collections.Concurrent;
using Fleet.SignalR.Wire;

namespace Fleet.SignalR.Requests;

/// <summary>The requests of this server that others have not answered yet.</summary>
internal sealed class PendingRequests
{
    private readonly ConcurrentDictionary<long, PendingRequest> _pending = new();
    private long _last;

    /// <summary>How many tries of requests there are.</summary>
    public int Count => _pending.Count;

    /// <summary>Begins one; to be ended in any case.</summary>
    public PendingRequest Begin() => new(this);

    /// <summary>Ends one.</summary>
    public void End(PendingRequest request)
    {
        foreach (var number in request.Numbers) _pending.TryRemove(number, out _);
    }

    /// <summary>A server has answered.</summary>
    public void Answered(Answer answer)
    {
        if (_pending.TryGetValue(answer.Number, out var request)) request.Answered(answer);
    }

    internal long Number(PendingRequest request)
    {
        var number = Interlocked.Increment(ref _last);
        _pending[number] = request;
        return number;
    }
}
