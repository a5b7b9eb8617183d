using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Sockets.Unofficial.Arenas;

public readonly partial struct Sequence<T>
{
    /// <summary>Walks a sequence's elements.</summary>
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public struct Enumerator
    {
        private readonly Sequence<T> _sequence;
        private int _index;

        internal Enumerator(Sequence<T> sequence)
        {
            _sequence = sequence;
            _index = -1;
        }

        /// <summary>The element arrived at.</summary>
        public readonly ref T Current => ref _sequence[_index];

        /// <summary>Goes to the next element.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext() => ++_index < _sequence._length;

        /// <summary>Goes to the next element, which must exist.</summary>
        /// <returns>The element.</returns>
        /// <exception cref="IndexOutOfRangeException">There is none.</exception>
        public ref T GetNext() => ref _sequence[++_index];
    }

    /// <summary>A sequence as spans.</summary>
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public readonly struct SpanEnumerable
    {
        private readonly Sequence<T> _sequence;

        internal SpanEnumerable(Sequence<T> sequence) => _sequence = sequence;

        /// <summary>Walks the spans.</summary>
        /// <returns>An enumerator, before the first.</returns>
        public SpanEnumerator GetEnumerator() => new(_sequence);
    }

    /// <summary>Walks a sequence's spans: one, or none if it is empty.</summary>
    [SuppressMessage("Performance", "CA1815:Override equals and operator equals on value types", Justification = "Never compared.")]
    public struct SpanEnumerator
    {
        private readonly Sequence<T> _sequence;
        private bool _ended;

        internal SpanEnumerator(Sequence<T> sequence)
        {
            _sequence = sequence;
            _ended = sequence.IsEmpty;
        }

        /// <summary>The span arrived at.</summary>
        public readonly Span<T> Current => _sequence.FirstSpan;

        /// <summary>Goes to the next span.</summary>
        /// <returns>Whether there is one.</returns>
        public bool MoveNext()
        {
            if (_ended) return false;
            _ended = true;
            return true;
        }
    }
}
