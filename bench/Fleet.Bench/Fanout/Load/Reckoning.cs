using System.Globalization;

namespace Fleet.Bench.Fanout.Load;

/// <summary>What went wrong for those whose messages are measured.</summary>
/// <param name="Lost">Messages that never came.</param>
/// <param name="Duplicates">Messages that came again.</param>
/// <param name="OutOfOrder">Messages that came after a later one.</param>
/// <param name="Errors">Connections that broke, and publishing that was refused.</param>
/// <param name="Resyncs">How often a server said that something is missing.</param>
internal sealed record Reckoning(long Lost, long Duplicates, long OutOfOrder, long Errors, long Resyncs)
{
    /// <summary>Whether everybody got everything, once and in order.</summary>
    public bool IsClean => Lost + Duplicates + OutOfOrder + Errors + Resyncs == 0;

    /// <inheritdoc/>
    public override string ToString() => IsClean
        ? "nothing"
        : string.Create(CultureInfo.InvariantCulture, $"{Lost} lost, {Duplicates} twice, {OutOfOrder} out of order, {Errors} errors, {Resyncs} resyncs");

    /// <summary>What went wrong since an earlier reckoning. What was missing then and came later is not less than nothing.</summary>
    public Reckoning Since(Reckoning earlier) => new(
        Math.Max(Lost - earlier.Lost, 0), Duplicates - earlier.Duplicates, OutOfOrder - earlier.OutOfOrder, Errors - earlier.Errors, Resyncs);

    /// <summary>Adds up what each got.</summary>
    /// <param name="crowd">The clients.</param>
    /// <param name="published">The newest number that was published to each.</param>
    /// <param name="refused">What publishing failed.</param>
    public static Reckoning Of(Crowd crowd, Func<int, long> published, long refused)
    {
        long lost = 0, twice = 0, late = 0, errors = refused;
        for (var i = 0; i < crowd.Members.Count; i++)
        {
            var member = crowd.Members[i];
            if (!member.Counts) continue;
            var ledger = member.Ledger;
            lost += ledger.Missing + Math.Max(published(i) - ledger.Newest, 0);
            twice += ledger.Duplicates;
            late += ledger.OutOfOrder;
            if (member.Fault is not null) errors++;
        }

        return new Reckoning(lost, twice, late, errors, crowd.Loop.Stats.Resyncs);
    }
}
