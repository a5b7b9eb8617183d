namespace Fleet.SignalR.Wire;

/// <summary>What a message between servers is. The numbers are part of the format.</summary>
internal enum EnvelopeKind : byte
{
    /// <summary>A hub message for everyone who watches the channel.</summary>
    Delivery = 1,

    /// <summary>A hub message for connections that are named, wherever they are.</summary>
    Letter = 2,

    /// <summary>Something that the server which has a connection shall do for it.</summary>
    Request = 3,

    /// <summary>What a server says to a request.</summary>
    Answer = 4,

    /// <summary>What a client returned.</summary>
    Result = 5,

    /// <summary>A question whether results are still waited for.</summary>
    Check = 6,

    /// <summary>The answer to that.</summary>
    Checked = 7,

    /// <summary>Nobody waits for a result any longer.</summary>
    Forget = 8,

    /// <summary>A letter has reached the server that has the connection.</summary>
    Receipt = 9,
}
