namespace Pipelines.Sockets.Unofficial;

/// <summary>Wishes about a <see cref="SocketConnection"/>; there are none to have.</summary>
[Flags]
public enum SocketConnectionOptions
{
    /// <summary>No wish.</summary>
    None = 0,
}
