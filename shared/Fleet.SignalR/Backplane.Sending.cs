using Fleet.SignalR.Connections;
using Fleet.SignalR.Wire;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR;

internal sealed partial class Backplane
{
    /// <summary>Sends to everybody; over when it is published.</summary>
    public Task SendAllAsync(string method, object?[] arguments, IReadOnlyCollection<string> excluded) =>
        PublishAsync(_names.All, method, arguments, excluded);

    /// <summary>Sends to a group's members; over when it is published.</summary>
    public Task SendGroupAsync(string group, string method, object?[] arguments, IReadOnlyCollection<string> excluded) =>
        PublishAsync(_names.Group(group), method, arguments, excluded);

    /// <summary>Sends to the members of groups; over when it is published.</summary>
    public Task SendGroupsAsync(IReadOnlyList<string> groups, string method, object?[] arguments) =>
        PublishAsync([.. groups.Where(group => !string.IsNullOrEmpty(group)).Select(_names.Group)], method, arguments);

    /// <summary>Sends to a user's connections; over when it is published.</summary>
    public Task SendUserAsync(string user, string method, object?[] arguments) => PublishAsync(_names.User(user), method, arguments, []);

    /// <summary>Sends to users' connections; over when it is published.</summary>
    public Task SendUsersAsync(IReadOnlyList<string> users, string method, object?[] arguments) =>
        PublishAsync([.. users.Where(user => !string.IsNullOrEmpty(user)).Select(_names.User)], method, arguments);

    /// <summary>
    /// Sends to one connection. One that this server has gets it directly, and it is over when the message has gone to the client, so
    /// that whoever sends feels this client's pace and no other's; else it is over when it is published.
    /// </summary>
    public Task SendConnectionAsync(string id, string method, object?[] arguments, CancellationToken cancellation)
    {
        if (!_connections.TryGetValue(id, out var connection)) return PostAsync([id], _serializer.Serialize(method, arguments));
        var sent = connection.Outbox.SendAsync(new InvocationMessage(method, arguments));
        // Cancelling ends the wait and never the write: half a message would be the connection's end.
        return sent.IsCompletedSuccessfully ? Task.CompletedTask : sent.AsTask().WaitAsync(cancellation);
    }

    /// <summary>Sends to connections, wherever they are; over when it is published.</summary>
    public Task SendConnectionsAsync(IReadOnlyList<string> ids, string method, object?[] arguments)
    {
        var payload = _serializer.Serialize(method, arguments);
        var others = new List<string>();
        foreach (var id in ids)
        {
            if (_connections.TryGetValue(id, out var connection)) connection.Outbox.Post(payload);
            else others.Add(id);
        }

        return others.Count == 0 ? Task.CompletedTask : PostAsync(others, payload);
    }

    private Task<long> PublishAsync(string channel, string method, object?[] arguments, IReadOnlyCollection<string> excluded) =>
        _redis.PublishAsync(channel, new Delivery(_serializer.Serialize(method, arguments), excluded).Write());

    private Task PublishAsync(IReadOnlyCollection<string> channels, string method, object?[] arguments)
    {
        if (channels.Count == 0) return Task.CompletedTask;
        var message = new Delivery(_serializer.Serialize(method, arguments), []).Write();
        return Task.WhenAll(channels.Select(channel => _redis.PublishAsync(channel, message)));
    }

    /// <summary>Sends to other servers' connections: to those servers that are known to have them, else to all.</summary>
    private Task PostAsync(IReadOnlyCollection<string> ids, HubPayload payload)
    {
        var routes = ids.Select(id => (Id: id, Route: _owners.Route(id))).ToLookup(each => each.Route.Server, each => each);
        return Task.WhenAll(routes.Select(async route =>
        {
            if (route.Key is not { } server)
            {
                await PostToAllAsync([.. route.Select(each => new Recipient(each.Id, each.Route.Number))], payload);
                return;
            }

            var letter = new Letter(Server, [.. route.Select(each => new Recipient(each.Id, 0))], payload);
            if (await _redis.PublishAsync(_names.Server(server), letter.Write()) > 0) return;
            // It is not there. So are its connections, most likely, unless Redis has just come back and that server not yet to it.
            foreach (var each in route) _owners.Forget(each.Id);
            await PostToAllAsync([.. route.Select(each => new Recipient(each.Id, _owners.Route(each.Id).Number))], payload);
        }));
    }

    private Task<long> PostToAllAsync(IReadOnlyCollection<Recipient> recipients, HubPayload payload) =>
        _redis.PublishAsync(_names.Servers, new Letter(Server, recipients, payload).Write());
}
