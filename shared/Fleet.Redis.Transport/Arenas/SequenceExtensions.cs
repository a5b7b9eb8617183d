namespace Pipelines.Sockets.Unofficial.Arenas;

/// <summary>Copies a sequence's elements, projected.</summary>
public static class SequenceExtensions
{
    /// <summary>Projects every element into an array.</summary>
    /// <typeparam name="TFrom">The element type.</typeparam>
    /// <typeparam name="TTo">The type made.</typeparam>
    /// <param name="source">The elements.</param>
    /// <param name="projection">What each becomes.</param>
    /// <returns>A new array, or the shared empty one.</returns>
    public static TTo[] ToArray<TFrom, TTo>(this in Sequence<TFrom> source, Projection<TFrom, TTo> projection)
    {
        if (source.IsEmpty) return [];
        var result = new TTo[source.Length];
        source.CopyTo(result, projection);
        return result;
    }

    /// <summary>Projects every element into an array, with help.</summary>
    /// <typeparam name="TFrom">The element type.</typeparam>
    /// <typeparam name="TState">The type of the help.</typeparam>
    /// <typeparam name="TTo">The type made.</typeparam>
    /// <param name="source">The elements.</param>
    /// <param name="projection">What each becomes.</param>
    /// <param name="state">The help.</param>
    /// <returns>A new array, or the shared empty one.</returns>
    public static TTo[] ToArray<TFrom, TState, TTo>(
        this in Sequence<TFrom> source, Projection<TFrom, TState, TTo> projection, in TState state)
    {
        ArgumentNullException.ThrowIfNull(projection);
        if (source.IsEmpty) return [];
        var from = source.FirstSpan;
        var result = new TTo[from.Length];
        for (var i = 0; i < from.Length; i++) result[i] = projection(in from[i], in state);
        return result;
    }

    /// <summary>Projects every element into a span.</summary>
    /// <typeparam name="TFrom">The element type.</typeparam>
    /// <typeparam name="TTo">The type made.</typeparam>
    /// <param name="source">The elements.</param>
    /// <param name="destination">Where to, at least as long.</param>
    /// <param name="projection">What each becomes.</param>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static void CopyTo<TFrom, TTo>(this in Sequence<TFrom> source, Span<TTo> destination, Projection<TFrom, TTo> projection)
    {
        ArgumentNullException.ThrowIfNull(projection);
        var from = source.FirstSpan;
        if (destination.Length < from.Length) throw new ArgumentException("The destination is too short.", nameof(destination));
        for (var i = 0; i < from.Length; i++) destination[i] = projection(in from[i]);
    }
}
