namespace Fleet.SignalR;

/// <summary>What becomes of a connection that has missed messages.</summary>
public enum MissedMessages
{
    /// <summary>Nothing: it goes on with what comes next.</summary>
    Ignore,

    /// <summary>It is sent <see cref="BackplaneOptions.ResyncMethod"/>, and is expected to read afresh whatever it shows.</summary>
    Resynchronise,

    /// <summary>It is disconnected; a client that connects again reads everything afresh.</summary>
    Disconnect,
}
