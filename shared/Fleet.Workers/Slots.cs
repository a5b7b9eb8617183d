namespace Fleet.Workers;

/// <summary>How many more runs this worker may execute, over all partitions.</summary>
internal sealed class Slots(int count)
{
    private int _free = count;

    public int Count { get; } = count;

    public int Free => Volatile.Read(ref _free);

    /// <summary>Reserves up to <paramref name="most"/> slots; returns how many it got.</summary>
    public int Reserve(int most)
    {
        while (true)
        {
            var free = Volatile.Read(ref _free);
            var taken = Math.Min(free, most);
            if (taken <= 0) return 0;
            if (Interlocked.CompareExchange(ref _free, free - taken, free) == free) return taken;
        }
    }

    public void Release(int count) => Interlocked.Add(ref _free, count);
}
