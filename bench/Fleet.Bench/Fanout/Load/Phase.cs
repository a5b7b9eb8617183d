namespace Fleet.Bench.Fanout.Load;

/// <summary>How far a connection is.</summary>
internal enum Phase
{
    Upgrading,
    Greeting,
    Joining,
    Live,
    Closed,
}
