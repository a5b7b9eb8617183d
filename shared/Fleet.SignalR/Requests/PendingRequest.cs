using Fleet.SignalR.Wire;

namespace Fleet.SignalR.Requests;

/// <summary>
/// A request that is over when the server that has the connection answers, or when all that were asked answer that they do not. It may
/// be put several times, each time with a number of its own.
/// </summary>
internal sealed class PendingRequest(PendingRequests all)
{
    private readonly TaskCompletionSource<string?> _server = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lock = new();
    private readonly Dictionary<long, Try> _tries = [];

    /// <summary>The server that has the connection and did what was asked, or null when none has.</summary>
    public Task<string?> Server => _server.Task;

    /// <summary>The numbers of its tries.</summary>
    public IReadOnlyCollection<long> Numbers => _tries.Keys;

    /// <summary>Begins another try.</summary>
    /// <returns>Its number.</returns>
    public long NextTry()
    {
        lock (_lock)
        {
            var number = all.Number(this);
            _tries.Add(number, new Try());
            return number;
        }
    }

    /// <summary>How many servers were asked, as Redis said when it was published.</summary>
    public void Asked(long number, long servers)
    {
        lock (_lock)
        {
            _tries[number].Asked = servers;
            Conclude(_tries[number]);
        }
    }

    public void Answered(Answer answer)
    {
        lock (_lock)
        {
            if (answer.Has) _server.TrySetResult(answer.Server);
            _tries[answer.Number].Without++;
            Conclude(_tries[answer.Number]);
        }
    }

    // Where nobody was asked, not even this server's own subscriptions stand, and nothing can be concluded.
    private void Conclude(Try current)
    {
        if (current.Asked > 0 && current.Without >= current.Asked) _server.TrySetResult(null);
    }

    private sealed class Try
    {
        public long Asked { get; set; }

        public long Without { get; set; }
    }
}
