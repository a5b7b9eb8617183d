using Fleet.SignalR.Wire;

namespace Fleet.SignalR.Requests;

/// <summary>A request that is answered by the server that has the connection, or by all that they do not have it.</summary>
internal sealed class PendingRequest(long number)
{
    private readonly TaskCompletionSource<string?> _server = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private long _asked = long.MaxValue;
    private long _without;

    public long Number { get; } = number;

    /// <summary>The server that has the connection and did what was asked, or null when none has.</summary>
    public Task<string?> Server => _server.Task;

    /// <summary>How many servers were asked, as Redis said when it was published.</summary>
    public void Asked(long servers)
    {
        lock (_lock) _asked = servers;
        Conclude();
    }

    public void Answered(Answer answer)
    {
        if (answer.Has)
        {
            _server.TrySetResult(answer.Server);
            return;
        }

        lock (_lock) _without++;
        Conclude();
    }

    private void Conclude()
    {
        lock (_lock)
        {
            if (_without < _asked) return;
        }

        _server.TrySetResult(null);
    }
}
