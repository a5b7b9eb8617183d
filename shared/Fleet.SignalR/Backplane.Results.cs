using System.Diagnostics.CodeAnalysis;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Results;
using Fleet.SignalR.Wire;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR;

internal sealed partial class Backplane
{
    private readonly Dictionary<string, long> _heard = [];
    private long _lastInvocation;

    /// <summary>Calls a client, wherever its connection is, and returns what it returns.</summary>
    /// <exception cref="IOException">The connection does not exist, or goes, or its server dies.</exception>
    /// <exception cref="TimeoutException">A server did not answer for the connection.</exception>
    /// <exception cref="BackplaneUnavailableException">Redis is away, and this server does not have the connection.</exception>
    public async Task<T> InvokeAsync<T>(string id, string method, object?[] arguments, CancellationToken cancellation)
    {
        var result = new AwaitedResult<T>($"{Server}:{Interlocked.Increment(ref _lastInvocation)}", id);
        _results.Add(result);
        try
        {
            var call = new InvocationMessage(result.Invocation, method, arguments);
            if (_connections.TryGetValue(id, out var connection)) _ = CallAsync(connection.Outbox.SendAsync(call), result);
            else
            {
                result.Server = await RequestAsync(Operation.Invoke, id, result.Invocation, _serializer.Serialize(call), cancellation);
                if (result.Server is null) result.Lose(DoesNotExist(id));
            }

            // A connection that went just before the result was noted has told nobody.
            if (connection is not null && !_connections.ContainsKey(id)) _results.Lose(id);
            return await result.Task.WaitAsync(cancellation);
        }
        finally
        {
            _results.Remove(result.Invocation);
            // Also where no server has answered yet: one may have called its client.
            if (!_connections.ContainsKey(id) && !result.Task.IsCompleted) Forget(result);
        }
    }

    /// <summary>A client of this server returned something.</summary>
    public void Complete(string id, CompletionMessage completion)
    {
        if (!_results.TryComplete(id, completion)) LogUnexpectedResult(id);
    }

    /// <summary>As what a result is read when it comes from a client.</summary>
    public bool TryGetReturnType(string invocation, [NotNullWhen(true)] out Type? type) => _results.TryGetType(invocation, out type);

    private void Forget(AwaitedResult result)
    {
        var channel = result.Server is { } server ? _names.Server(server) : _names.Servers;
        Tell(channel, new Check(Server, [result.Invocation]).Write(EnvelopeKind.Forget));
    }

    private static async Task CallAsync(ValueTask<bool> sending, PendingResult result)
    {
        try
        {
            if (!await sending) result.Lose($"Connection '{result.Connection}' disconnected, or takes its messages too slowly.");
        }
#pragma warning disable CA1031 // Its arguments cannot be serialised, in one of many ways.
        catch (Exception e)
#pragma warning restore CA1031
        {
            result.Lose($"The client of connection '{result.Connection}' could not be called: {e.Message}");
        }
    }

    /// <summary>Another server calls a client of this one.</summary>
    private void Invoke(Request request, LocalConnection connection)
    {
        if (_results.TryGet(request.Subject, out _))
        {
            // It was asked again because the answer got lost; the client has been called.
            Answer(request, has: true);
            return;
        }

        var owed = new OwedResult(request.Subject, connection, request.Server, result => _ = PayAsync(result), _time.GetTimestamp());
        _results.Add(owed);
        Answer(request, has: true);
        _ = CallAsync(connection.Outbox.SendAsync(request.Payload), owed);
        if (!_connections.ContainsKey(connection.Id)) _results.Lose(connection.Id);
    }

    /// <summary>Sends a result to the server that awaits it. Where it does not get there it is sent again when that server asks.</summary>
    private async Task PayAsync(OwedResult owed)
    {
        try
        {
            // Where nobody heard it, that server's subscriptions are not restored yet, or it is no more.
            if (await _redis.PublishAsync(_names.Server(owed.Server), owed.Result!.Write()) > 0) _results.Remove(owed.Invocation);
        }
        catch (BackplaneUnavailableException e)
        {
            LogNotPaid(owed.Server, e.Message);
        }
    }

    /// <summary>Asks the servers whose results are awaited whether they still know of them, and forgets what nobody awaits.</summary>
    private async Task CheckAsync()
    {
        using var timer = new PeriodicTimer(_options.ServerTimeout / 3, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                CheckOthers();
                ForgetUnasked();
            }
        }
        catch (OperationCanceledException)
        {
            // The process ends.
        }
    }

    private void CheckOthers()
    {
        var awaited = _results.Of<AwaitedResult>().Where(result => result.Server is not null).GroupBy(result => result.Server!).ToList();
        lock (_heard)
        {
            foreach (var server in _heard.Keys.Except(awaited.Select(each => each.Key)).ToList()) _heard.Remove(server);
            foreach (var server in awaited)
            {
                if (_heard.TryAdd(server.Key, _time.GetTimestamp()) || _time.GetElapsedTime(_heard[server.Key]) <= _options.ServerTimeout)
                {
                    Tell(_names.Server(server.Key), new Check(Server, [.. server.Select(result => result.Invocation)]).Write(EnvelopeKind.Check));
                    continue;
                }

                LogSilent(server.Key, server.Count());
                foreach (var result in server)
                    result.Lose($"The server that has connection '{result.Connection}' does not answer any more; it may have died.");
            }
        }
    }

    private void ForgetUnasked()
    {
        foreach (var owed in _results.Of<OwedResult>())
        {
            if (_time.GetElapsedTime(owed.Asked) > 3 * _options.ServerTimeout) _results.Remove(owed.Invocation);
        }
    }

    /// <summary>Another server asks whether results that it awaits can still come.</summary>
    private void Checking(Check check)
    {
        var unknown = new List<string>();
        foreach (var invocation in check.Invocations)
        {
            if (!_results.TryGet(invocation, out var result) || result is not OwedResult owed)
            {
                unknown.Add(invocation);
                continue;
            }

            owed.Asked = _time.GetTimestamp();
            if (owed.Result is not null) _ = PayAsync(owed);
        }

        Tell(_names.Server(check.Server), new Check(Server, unknown).Write(EnvelopeKind.Checked));
    }

    /// <summary>A server lives, and says which results will not come from it.</summary>
    private void Checked(Check check)
    {
        lock (_heard) _heard[check.Server] = _time.GetTimestamp();
        foreach (var invocation in check.Invocations)
        {
            if (_results.TryGet(invocation, out var result))
                result.Lose($"The server that has connection '{result.Connection}' does not know of the call; its result was lost.");
        }
    }
}
