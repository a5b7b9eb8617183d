namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>
/// A <see cref="Sequence{T}"/> whose element type is not part of its own type, so that an element can hold the sequence of
/// its children.
/// </summary>
public readonly struct Sequence
{
    private readonly Array? _block;
    private readonly int _start;
    private readonly int _length;

    internal Sequence(Array? block, int start, int length)
    {
        _block = block;
        _start = start;
        _length = length;
    }

    /// <summary>The number of elements.</summary>
    public long Length => _length;

    /// <summary>The sequence with its element type.</summary>
    /// <typeparam name="T">The element type it was made with.</typeparam>
    /// <returns>The same elements.</returns>
    /// <exception cref="InvalidCastException">The elements are of another type.</exception>
    public Sequence<T> Cast<T>() => new((T[]?)_block, _start, _length);
}
