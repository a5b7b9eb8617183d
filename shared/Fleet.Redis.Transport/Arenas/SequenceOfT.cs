using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Elements taken from an <see cref="Arena{T}"/>; one contiguous span of them.</summary>
/// <typeparam name="T">The element type.</typeparam>
[SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
public readonly partial struct Sequence<T>
{
    private readonly T[]? _block;
    private readonly int _start;
    private readonly int _length;

    internal Sequence(T[]? block, int start, int length)
    {
        _block = block;
        _start = start;
        _length = length;
    }

    /// <summary>The number of elements.</summary>
    public long Length => _length;

    /// <summary>Whether there are no elements.</summary>
    public bool IsEmpty => _length == 0;

    /// <summary>Always so: a sequence never spans blocks.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "Callers ask an instance.")]
    public bool IsSingleSegment => true;

    /// <summary>The elements.</summary>
    public Span<T> FirstSpan => new(_block, _start, _length);

    /// <summary>The elements, span by span.</summary>
    public SpanEnumerable Spans => new(this);

    /// <summary>One element.</summary>
    /// <param name="index">Its place, from 0.</param>
    /// <exception cref="IndexOutOfRangeException">There is no such element.</exception>
    public ref T this[int index] => ref FirstSpan[index];

    /// <summary>Walks the elements.</summary>
    /// <returns>An enumerator, before the first.</returns>
    public Enumerator GetEnumerator() => new(this);

    /// <summary>The sequence without its element type.</summary>
    /// <returns>The same elements.</returns>
    public Sequence Untyped() => new(_block, _start, _length);
}
