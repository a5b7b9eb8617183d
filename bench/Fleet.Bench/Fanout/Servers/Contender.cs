namespace Fleet.Bench.Fanout.Servers;

/// <summary>Whose servers are measured.</summary>
internal enum Contender
{
    /// <summary>SignalR as it comes, in one process, which needs no backplane.</summary>
    Plain,

    /// <summary>SignalR with Fleet's backplane.</summary>
    Fleet,

    /// <summary>Socket.IO with its Redis adapter, on Node.</summary>
    SocketIo,
}
