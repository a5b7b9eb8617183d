namespace Fleet.Faults;

/// <summary>Chance that a seed decides: the same seed gives the same sequence on every machine and with every version of .NET. (SplitMix64.)</summary>
internal sealed class Dice(ulong seed)
{
    private const ulong Step = 0x9E3779B97F4A7C15;

    private readonly ulong _seed = seed;
    private ulong _state = seed;

    /// <summary>Other dice for another purpose, whose sequence does not depend on how often these were thrown.</summary>
    public Dice For(string purpose)
    {
        var seed = _seed;
        foreach (var c in purpose) seed = Mix(seed ^ (c + Step));
        return new Dice(seed);
    }

    /// <summary>A number from 0 to 1, without 1.</summary>
    public double Unit() => (Next() >> 11) * (1.0 / (1UL << 53));

    /// <summary>A number from 0 to <paramref name="below"/> − 1.</summary>
    public int Below(int below) => (int)(Next() % (ulong)below);

    /// <summary>Whether something of this probability happens.</summary>
    public bool Chance(double probability) => Unit() < probability;

    /// <summary>A time between two.</summary>
    public TimeSpan Between(TimeSpan least, TimeSpan most) => least + (most - least) * Unit();

    /// <summary>One of these.</summary>
    public T Pick<T>(IReadOnlyList<T> among) => among[Below(among.Count)];

    /// <summary>One of these, each as often as its weight says.</summary>
    public T Pick<T>(IReadOnlyList<(T Item, double Weight)> among)
    {
        var rest = Unit() * among.Sum(choice => choice.Weight);
        foreach (var (item, weight) in among)
        {
            if ((rest -= weight) < 0) return item;
        }

        return among[^1].Item;
    }

    private ulong Next() => Mix(_state += Step);

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
