using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Walks a delegate's targets without allocating.</summary>
public static class Delegates
{
    /// <summary>The targets of a delegate, one by one.</summary>
    /// <typeparam name="T">The delegate's type.</typeparam>
    /// <param name="handler">The delegate; <see langword="null"/> has no targets.</param>
    /// <returns>Something to put in a <c>foreach</c>.</returns>
    public static DelegateEnumerable<T> AsEnumerable<T>(this T? handler)
        where T : MulticastDelegate => new(handler);

    /// <summary>Whether a delegate has exactly one target.</summary>
    /// <param name="handler">The delegate.</param>
    /// <returns>Whether it has.</returns>
    public static bool IsSingle(this MulticastDelegate handler)
    {
        ArgumentNullException.ThrowIfNull(handler);
        return handler.HasSingleTarget;
    }

    /// <summary>A delegate's targets.</summary>
    /// <typeparam name="T">The delegate's type.</typeparam>
    [SuppressMessage("Design", "CA1034:Nested types should not be visible", Justification = "Nested for its callers.")]
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public readonly struct DelegateEnumerable<T>
        where T : MulticastDelegate
    {
        private readonly T? _handler;

        internal DelegateEnumerable(T? handler) => _handler = handler;

        /// <summary>Walks the targets.</summary>
        /// <returns>An enumerator, before the first.</returns>
        public DelegateEnumerator<T> GetEnumerator() => new(_handler);
    }

    /// <summary>Walks a delegate's targets.</summary>
    /// <typeparam name="T">The delegate's type.</typeparam>
    [SuppressMessage("Design", "CA1034:Nested types should not be visible", Justification = "Nested for its callers.")]
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public struct DelegateEnumerator<T> : IDisposable
        where T : MulticastDelegate
    {
        private Delegate.InvocationListEnumerator<T> _targets;

        internal DelegateEnumerator(T? handler) => _targets = Delegate.EnumerateInvocationList(handler);

        /// <summary>The target arrived at.</summary>
        public readonly T Current => _targets.Current;

        /// <summary>Goes to the next target.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => _targets.MoveNext();

        /// <summary>Does nothing; callers compiled a <c>foreach</c> that disposes.</summary>
        public readonly void Dispose()
        {
        }
    }
}
