namespace Fleet.Bench.Fanout.Wire;

/// <summary>What is spoken over the WebSocket: how to join, how to publish, and how to read what comes.</summary>
internal abstract class Dialect
{
    /// <summary>Where the WebSocket is opened, with its query.</summary>
    public abstract string Path { get; }

    /// <summary>What ends a record; null where each message is one.</summary>
    public abstract byte? Separator { get; }

    /// <summary>What is sent first.</summary>
    public abstract byte[] Greeting { get; }

    /// <summary>Whether the client greets at once, without waiting for the server to speak.</summary>
    public abstract bool GreetsFirst { get; }

    /// <summary>What the server may want to hear now and then; null where it asks itself.</summary>
    public abstract byte[]? SignOfLife { get; }

    /// <summary>What answers a <see cref="RecordKind.Ping"/>; null for nothing.</summary>
    public virtual byte[]? Pong => null;

    /// <summary>A call, answered when <paramref name="id"/> is given.</summary>
    public abstract byte[] Call(string method, string arguments, int? id = null);

    /// <summary>What a record is.</summary>
    public abstract RecordKind Read(ReadOnlySpan<byte> record);
}
