using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using Fleet.SignalR.Wire;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Results;

/// <summary>The clients' results that are waited for.</summary>
internal sealed class PendingResults(IHubProtocolResolver protocols)
{
    private readonly ConcurrentDictionary<string, PendingResult> _pending = new();

    /// <summary>How many there are.</summary>
    public int Count => _pending.Count;

    public void Add(PendingResult result) => _pending[result.Invocation] = result;

    public void Remove(string invocation) => _pending.TryRemove(invocation, out _);

    public bool TryGet(string invocation, [NotNullWhen(true)] out PendingResult? result) => _pending.TryGetValue(invocation, out result);

    /// <summary>Those of one kind.</summary>
    public IEnumerable<T> Of<T>() where T : PendingResult => _pending.IsEmpty ? [] : _pending.Values.OfType<T>();

    /// <summary>As what a result is read when it comes from a client.</summary>
    public bool TryGetType(string invocation, [NotNullWhen(true)] out Type? type)
    {
        type = _pending.TryGetValue(invocation, out var result) ? result.ReturnType : null;
        return type is not null;
    }

    /// <summary>A client of this server returned something. Another connection's client may not.</summary>
    /// <returns>False when this connection was not asked for it.</returns>
    public bool TryComplete(string connection, CompletionMessage completion)
    {
        if (!_pending.TryGetValue(completion.InvocationId!, out var result) || result.Connection != connection) return false;
        result.Complete(completion);
        return true;
    }

    /// <summary>A connection of this server has gone.</summary>
    public void Lose(string connection)
    {
        foreach (var result in Of<PendingResult>())
        {
            if (result.Connection == connection) result.Lose($"Connection '{connection}' disconnected.");
        }
    }

    /// <summary>Another server sent what its client returned.</summary>
    public void Complete(Result result)
    {
        if (!TryGet(result.Invocation, out var pending) || pending is not AwaitedResult awaited) return;
        if (result.Lost.Length > 0) awaited.Lose(result.Lost);
        else if (Parse(result, awaited.ReturnType) is { } completion) awaited.Complete(completion);
        else awaited.Lose($"The result of connection '{awaited.Connection}' came in the protocol '{result.Protocol}' and could not be read.");
    }

    private CompletionMessage? Parse(Result result, Type type)
    {
        var bytes = new ReadOnlySequence<byte>(result.Completion);
        return protocols.GetProtocol(result.Protocol, null) is { } protocol
            && protocol.TryParseMessage(ref bytes, new Binder(type), out var message)
                ? message as CompletionMessage
                : null;
    }

    private sealed class Binder(Type type) : IInvocationBinder
    {
        public Type GetReturnType(string invocationId) => type;

        public IReadOnlyList<Type> GetParameterTypes(string methodName) => throw new InvalidDataException("It is not a completion.");

        public Type GetStreamItemType(string streamId) => throw new InvalidDataException("It is not a completion.");
    }
}
