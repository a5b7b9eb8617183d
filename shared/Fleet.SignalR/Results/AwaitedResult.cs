using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Results;

/// <summary>A client's result that somebody on this server awaits.</summary>
internal abstract class AwaitedResult(string invocation, string connection) : PendingResult(invocation, connection)
{
    /// <summary>The other server that has the connection, once it has said so.</summary>
    public string? Server { get; set; }
}

/// <inheritdoc cref="AwaitedResult"/>
internal sealed class AwaitedResult<T>(string invocation, string connection) : AwaitedResult(invocation, connection)
{
    private readonly TaskCompletionSource<T> _result = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public override Type ReturnType => typeof(T);

    public Task<T> Task => _result.Task;

    public override void Complete(CompletionMessage completion)
    {
        if (completion.Error is { } error) _result.TrySetException(new HubException(error));
        else if (completion.HasResult && (completion.Result is T || default(T) is null)) _result.TrySetResult((T)completion.Result!);
        else _result.TrySetException(new HubException($"The client of connection '{Connection}' returned nothing that is a {typeof(T).Name}."));
    }

    // As SignalR says that a connection has gone.
    public override void Lose(string why) => _result.TrySetException(new IOException(why));
}
