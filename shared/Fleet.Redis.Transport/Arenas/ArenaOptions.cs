namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>How an <see cref="Arena{T}"/> takes memory.</summary>
public sealed class ArenaOptions
{
    // Below the large object heap's threshold, with room for some 600 elements of a reply.
    private const int DefaultBlockSizeBytes = 32 * 1024;

    internal static readonly ArenaOptions Default = new(ArenaFlags.None, 0, null);

    /// <summary>Creates options.</summary>
    /// <param name="flags">Not read; see <see cref="ArenaFlags"/>.</param>
    /// <param name="blockSizeBytes">The size of a block in bytes; 0 chooses one.</param>
    /// <param name="retentionPolicy">Must be <see langword="null"/>: an arena keeps one block, always.</param>
    /// <exception cref="ArgumentOutOfRangeException">The size is negative.</exception>
    /// <exception cref="NotSupportedException">There is a retention policy.</exception>
    public ArenaOptions(ArenaFlags flags, int blockSizeBytes, Func<long, long, long>? retentionPolicy)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(blockSizeBytes);
        if (retentionPolicy is not null)
            throw new NotSupportedException("An arena keeps one block, always: a retention policy would not be asked.");
        _ = flags;
        BlockSizeBytes = blockSizeBytes == 0 ? DefaultBlockSizeBytes : blockSizeBytes;
    }

    internal int BlockSizeBytes { get; }
}
