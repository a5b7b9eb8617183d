using Microsoft.AspNetCore.SignalR.Client;

namespace Fleet.Client.Live;

/// <summary>One thing that is watched over a link, which begins anew with every connection and whenever something is missing.</summary>
internal abstract class HubWatch
{
    private readonly Lock _gate = new();
    /// <summary>What came while it began: it may follow an answer that is still to be read. Null while it does not begin.</summary>
    private List<(string Method, object?[] Arguments)>? _later;

    /// <summary>What the hub knows it as: a connection has one watch of it.</summary>
    public abstract string Subject { get; }

    /// <summary>Is told when the connection is lost and will be tried again.</summary>
    public Action<WatchInterruption>? Interrupted { get; init; }

    /// <summary>Tells that the connection is lost.</summary>
    public void Interrupt(WatchInterruption interruption)
    {
        try
        {
            Interrupted?.Invoke(interruption);
        }
#pragma warning disable CA1031 // It is the watcher's own, and no fault of the others on the same connection.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fail(e);
        }
    }

    /// <summary>Begins, or begins anew, from where the watcher stands; true when it has to begin once more.</summary>
    public async Task<bool> BeginAsync(HubConnection hub, CancellationToken cancellation)
    {
        lock (_gate) _later = [];
        await AskAsync(hub, cancellation);
        lock (_gate)
        {
            var isWhole = true;
            foreach (var (method, arguments) in _later!) isWhole &= Take(method, arguments);
            _later = null;
            return !isWhole;
        }
    }

    /// <summary>Takes in a message of the hub's; false when it has to begin anew.</summary>
    public bool Receive(string method, object?[] arguments)
    {
        lock (_gate)
        {
            if (_later is null) return Take(method, arguments);
            _later.Add((method, arguments));
            return true;
        }
    }

    /// <summary>The error that a refusal of the hub's means; null where trying again may help.</summary>
    public virtual Task<FleetApiException?> ExplainAsync(string words, CancellationToken cancellation) => Task.FromResult(
        words.StartsWith("The call must be ", StringComparison.Ordinal) ? Refused(422, "invalid-input", "The request has faults", words)
        : words.StartsWith("This connection has ", StringComparison.Ordinal) ? Refused(429, "too-many-watches", "There are too many watches", words)
        : null);

    /// <summary>Has the hub end it.</summary>
    public abstract Task EndAsync(HubConnection hub);

    /// <summary>Nothing more will come.</summary>
    public abstract void Fail(Exception? error);

    /// <summary>Asks the hub to watch and takes in the answer.</summary>
    protected abstract Task AskAsync(HubConnection hub, CancellationToken cancellation);

    /// <summary>Takes in a message about it; false when something is missing.</summary>
    protected abstract bool Take(string method, object?[] arguments);

    /// <summary>An error with the words of the hub.</summary>
    protected static FleetApiException Refused(int status, string slug, string title, string words) =>
        new(new FleetProblem { Type = $"urn:fleet:{slug}", Title = title, Status = status, Detail = words });
}
