namespace Fleet.Bench.Fanout.Wire;

/// <summary>What a server's record means to the load.</summary>
internal enum RecordKind
{
    /// <summary>Nothing that counts.</summary>
    Other,

    /// <summary>The server has spoken first and wants the greeting.</summary>
    Opened,

    /// <summary>The server has accepted the greeting.</summary>
    Greeted,

    /// <summary>The server has answered the call that joins or watches.</summary>
    Joined,

    /// <summary>Something was published; its numbers follow each <c>"seq":</c>.</summary>
    Message,

    /// <summary>The server asks for a sign of life.</summary>
    Ping,

    /// <summary>The server says that something is missing.</summary>
    Resync,

    /// <summary>The server refuses, or ends the connection.</summary>
    Refused,
}
