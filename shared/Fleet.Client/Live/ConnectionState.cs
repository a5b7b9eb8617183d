namespace Fleet.Client;

/// <summary>How a client's watches stand.</summary>
public enum ConnectionState
{
    /// <summary>The connection is lost and is tried again; also while nothing is watched.</summary>
    Offline,

    /// <summary>The first connection is being made.</summary>
    Connecting,

    /// <summary>Connected, and what was missed is being read.</summary>
    CatchingUp,

    /// <summary>Everything is shown as it happens.</summary>
    Live,
}
