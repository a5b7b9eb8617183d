using System.Buffers;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// Hands out slices of a block, and takes all of them back at once. Every sequence is dead after <see cref="Reset"/>; using
/// one later reads what another call was given. For one thread at a time.
/// </summary>
/// <remarks>
/// A slice never spans blocks: what does not fit in the rest of the block gets a new one. Some elements at a block's end
/// stay unused, and every sequence is one span, which is what makes reading replies fast.
/// </remarks>
/// <typeparam name="T">The element type.</typeparam>
public sealed class Arena<T> : IDisposable
{
    private readonly int _blockLength;

    // The arena's own block, made at first use: most connections never see a nested reply.
    private T[] _own = [];

    // What Allocate slices: the own block, or the last of the rented ones.
    private T[] _current = [];
    private int _used;

    // Blocks that were filled since the last reset, and how much of each is in use.
    private readonly List<(T[] Block, int Used)> _filled = [];

    /// <summary>Creates an arena; it takes memory when it is first asked for some.</summary>
    /// <param name="options">How to take memory; <see langword="null"/> for defaults.</param>
    /// <param name="allocator">Must be <see langword="null"/>, as it can only be.</param>
    public Arena(ArenaOptions? options, Allocator<T>? allocator)
    {
        _ = allocator;
        _blockLength = Math.Max(1, (options ?? ArenaOptions.Default).BlockSizeBytes / Unsafe.SizeOf<T>());
    }

    /// <summary>Takes a sequence of the given length, valid until <see cref="Reset"/>.</summary>
    /// <param name="length">How many elements; may be 0.</param>
    /// <returns>The sequence. Its content is unspecified.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The length is negative.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Sequence<T> Allocate(int length)
    {
        var start = _used;
        var block = _current;
        // As unsigned, a negative length is too long as well, and meets its exception on the slow path.
        if ((uint)length > (uint)(block.Length - start)) return AllocateFromNextBlock(length);
        _used = start + length;
        return new(block, start, length);
    }

    /// <summary>Takes every sequence back, and lets go of what they referred to.</summary>
    public void Reset()
    {
        if (_used == 0 && _filled.Count == 0) return;

        foreach (var (block, used) in _filled) Release(block, used);
        _filled.Clear();
        Release(_current, _used);
        _current = _own;
        _used = 0;
    }

    /// <summary>Does nothing: the memory goes with the arena.</summary>
    /// <remarks>
    /// A connection is disposed while its reader may still be parsing. Blocks returned to the pool here could be another
    /// connection's before that reader stops, and a reply would reach the wrong caller.
    /// </remarks>
    public void Dispose()
    {
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private Sequence<T> AllocateFromNextBlock(int length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);

        if (_used != 0) _filled.Add((_current, _used));
        if (_own.Length == 0 && length <= _blockLength)
            _current = _own = new T[_blockLength];
        else
            _current = ArrayPool<T>.Shared.Rent(Math.Max(length, _blockLength));
        _used = length;
        return new(_current, 0, length);
    }

    private void Release(T[] block, int used)
    {
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) Array.Clear(block, 0, used);
        if (!ReferenceEquals(block, _own)) ArrayPool<T>.Shared.Return(block);
    }
}
