namespace Fleet.Bench.Fanout.Load;

/// <summary>What one receiver got of a sequence 1, 2, 3 …: what is missing, what came twice, what came after its successor.</summary>
internal struct SequenceLedger
{
    // Only a receiver that has a gap has one of these.
    private HashSet<long>? _missing;

    /// <summary>The highest number that came, or that the receiver knew from the start.</summary>
    public long Newest { get; private set; }

    public long Duplicates { get; private set; }

    public long OutOfOrder { get; private set; }

    /// <summary>Numbers below the newest that have not come.</summary>
    public readonly long Missing => _missing?.Count ?? 0;

    /// <summary>Begins after a number.</summary>
    public void Begin(long known) => this = new SequenceLedger { Newest = known };

    /// <summary>Takes one down; false when it had come before.</summary>
    public bool Add(long number)
    {
        if (number == Newest + 1)
        {
            Newest = number;
            return true;
        }

        if (number > Newest)
        {
            _missing ??= [];
            for (var skipped = Newest + 1; skipped < number; skipped++) _missing.Add(skipped);
            Newest = number;
            return true;
        }

        if (_missing?.Remove(number) == true)
        {
            OutOfOrder++;
            return true;
        }

        Duplicates++;
        return false;
    }
}
