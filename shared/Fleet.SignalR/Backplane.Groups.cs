using Fleet.SignalR.Connections;
using Fleet.SignalR.Wire;

namespace Fleet.SignalR;

internal sealed partial class Backplane
{
    /// <summary>How often other servers are asked before one that does not answer is given up.</summary>
    private const int MostTries = 3;

    /// <summary>Adds a connection to a group, wherever it is; over when it gets what is sent to the group from then on.</summary>
    /// <exception cref="IOException">No server has the connection.</exception>
    /// <exception cref="TimeoutException">A server did not answer.</exception>
    /// <exception cref="BackplaneUnavailableException">Redis is away, and this server does not have the connection.</exception>
    public async Task AddToGroupAsync(string id, string group, CancellationToken cancellation)
    {
        if (_connections.TryGetValue(id, out var connection)) await JoinAsync(_names.Group(group), connection).WaitAsync(cancellation);
        else if (await RequestAsync(Operation.Join, id, group, HubPayload.Empty, cancellation) is null) throw new IOException(DoesNotExist(id));
    }

    /// <summary>Removes a connection from a group, wherever it is. A connection that no server has is in no group.</summary>
    /// <exception cref="TimeoutException">A server did not answer.</exception>
    /// <exception cref="BackplaneUnavailableException">Redis is away, and this server does not have the connection.</exception>
    public async Task RemoveFromGroupAsync(string id, string group, CancellationToken cancellation)
    {
        if (_connections.TryGetValue(id, out var connection)) Leave(_names.Group(group), connection);
        else await RequestAsync(Operation.Leave, id, group, HubPayload.Empty, cancellation);
    }

    /// <summary>Has the server that has a connection do something for it.</summary>
    /// <returns>That server, or null when none has it.</returns>
    private async Task<string?> RequestAsync(Operation operation, string id, string subject, HubPayload payload, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        await ListeningAsync(cancellation);
        var pending = _requests.Begin();
        try
        {
            for (var tries = 1; tries <= MostTries; tries++)
            {
                await AskAsync(new Request(Server, pending.NextTry(), operation, id, subject, payload), cancellation);
                try
                {
                    var server = await pending.Server.WaitAsync(_options.AckTimeout / MostTries, _time, cancellation);
                    if (server is null) _owners.Forget(id);
                    else _owners.Met(id, server);
                    return server;
                }
                catch (TimeoutException)
                {
                    // An answer may have been lost with a connection to Redis. What is asked can be done twice.
                    _owners.Forget(id);
                }
            }

            throw new TimeoutException(
                $"Of the servers asked about connection '{id}' one did not answer within {_options.AckTimeout.TotalSeconds} s; it may have died.");
        }
        finally
        {
            _requests.End(pending);
        }

        async Task AskAsync(Request request, CancellationToken cancellation)
        {
            var message = request.Write();
            var asked = 0L;
            if (_owners.Find(id) is { } owner) asked = await _redis.PublishAsync(_names.Server(owner), message).WaitAsync(cancellation);
            if (asked == 0) asked = await _redis.PublishAsync(_names.Servers, message).WaitAsync(cancellation);
            pending.Asked(request.Number, asked);
        }
    }

    // Answers come on a channel that this server must be listening to; right after its start it may not be yet.
    private async Task ListeningAsync(CancellationToken cancellation)
    {
        try
        {
            await _listening.WaitAsync(_options.RedisTimeout, _time, cancellation);
        }
        catch (TimeoutException e)
        {
            throw new BackplaneUnavailableException("Redis has not been reached since this server started.", e);
        }
    }

    private async Task JoinAndAnswerAsync(Request request, LocalConnection connection)
    {
        await JoinAsync(_names.Group(request.Subject), connection);
        Answer(request, has: true);
    }

    private static string DoesNotExist(string id) => $"Connection '{id}' does not exist.";
}
