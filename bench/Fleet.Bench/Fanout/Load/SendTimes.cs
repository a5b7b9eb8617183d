namespace Fleet.Bench.Fanout.Load;

/// <summary>When each number of a sequence was published, for the newest so many.</summary>
/// <remarks>Written by the publisher before it sends, read by the receiver after that: the bytes between them order the two.</remarks>
internal sealed class SendTimes(int capacity)
{
    private readonly long[] _times = new long[capacity];

    public long this[long number]
    {
        get => Volatile.Read(ref _times[number % _times.Length]);
        set => Volatile.Write(ref _times[number % _times.Length], value);
    }
}
