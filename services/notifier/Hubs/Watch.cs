using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>
/// One thing that one connection watches, with a loop of its own that hands on what comes. A client that reads slowly holds up
/// its own loops and nobody else's.
/// </summary>
internal abstract partial class Watch(string subject, ISingleClientProxy client, ILogger logger) : IAsyncDisposable
{
    private readonly CancellationTokenSource _end = new();
    private Task? _loop;

    /// <summary>What is watched: a run's id, <c>feed</c> or <c>workers</c>; what a client is told to resynchronise.</summary>
    public string Subject { get; } = subject;

    /// <summary>Whether nothing will come any more.</summary>
    public bool HasEnded => _loop?.IsCompleted ?? false;

    /// <summary>Starts to hand on; to be called once the client has the answer that it starts from.</summary>
    public void Start() => _loop ??= RunAsync();

    /// <summary>Ends the watch: when this is over, nothing more is sent.</summary>
    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        if (_loop is not null) await _loop;
        await LeaveAsync();
        _end.Dispose();
    }

    /// <summary>Hands on what comes until it is cancelled or nothing more can come.</summary>
    protected abstract Task HandOnAsync(CancellationToken cancellation);

    /// <summary>Gives back what is watched.</summary>
    protected abstract ValueTask LeaveAsync();

    /// <summary>Sends; waits while the client's connection is full.</summary>
    /// <remarks>Never with a token: a cancelled write would end the whole connection, and with it all its other watches.</remarks>
    protected Task SendAsync(string method, params object?[] arguments) => client.SendCoreAsync(method, arguments, CancellationToken.None);

    private async Task RunAsync()
    {
        try
        {
            await HandOnAsync(_end.Token);
        }
#pragma warning disable CA1031 // Whatever it was, the client must not believe that it is still watching.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogBroken(Subject, e);
            await SendAsync(HubMessages.Resync, Subject);
        }
    }

    [LoggerMessage(3001, LogLevel.Error, "The watch of {Subject} broke off; its client is told to resynchronise")]
    private partial void LogBroken(string subject, Exception error);
}
