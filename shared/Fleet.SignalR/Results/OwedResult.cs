using Fleet.SignalR.Connections;
using Fleet.SignalR.Wire;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.SignalR.Results;

/// <summary>A client's result that this server owes to another, which awaits it. It is kept until it has been handed to Redis.</summary>
internal sealed class OwedResult(string invocation, LocalConnection connection, string server, Action<OwedResult> settled, long asked)
    : PendingResult(invocation, connection.Id)
{
    private int _settled;

    /// <summary>Who awaits it.</summary>
    public string Server { get; } = server;

    /// <summary>When that server last showed that it still does.</summary>
    public long Asked { get; set; } = asked;

    /// <summary>The result, once there is one.</summary>
    public Result? Result { get; private set; }

    // Only the one who awaits it knows its type.
    public override Type ReturnType => typeof(RawResult);

    public override void Complete(CompletionMessage completion)
    {
        using var bytes = new PooledBuffer();
        connection.Context.Protocol.WriteMessage(completion, bytes);
        Settle(new Result(Invocation, "", connection.Protocol, bytes.Bytes.ToArray()));
    }

    public override void Lose(string why) => Settle(new Result(Invocation, why, connection.Protocol, default));

    private void Settle(Result result)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0) return;
        Result = result;
        settled(this);
    }
}
