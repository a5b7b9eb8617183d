namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// Accepted and not read: an <see cref="Arena{T}"/> has one behaviour. StackExchange.Redis passes 16, a default compiled
/// into it, so unnamed values are legal.
/// </summary>
[Flags]
public enum ArenaFlags
{
    /// <summary>No wish.</summary>
    None = 0,
}
