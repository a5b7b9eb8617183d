namespace Fleet.Faults.Proxy;

/// <summary>How a link between a process and Redis behaves.</summary>
internal enum LinkMode
{
    /// <summary>Everything arrives.</summary>
    Pass,

    /// <summary>Connections are reset and new ones refused.</summary>
    Cut,

    /// <summary>Connections stay and new ones are taken, but whatever is sent is swallowed, in both directions.</summary>
    Blackhole,

    /// <summary>What the process sends arrives; the answers are swallowed.</summary>
    Deaf,
}
