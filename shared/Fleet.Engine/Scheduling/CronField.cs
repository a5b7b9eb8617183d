using System.Globalization;
using System.Numerics;

namespace Fleet.Engine.Scheduling;

/// <summary>One field of a cron expression: what it is called, which values it takes, and how its text is read.</summary>
/// <param name="Name">What it is called in messages.</param>
/// <param name="Least">The smallest value.</param>
/// <param name="Most">The largest value.</param>
/// <param name="Words">Names that stand for values, the first for the smallest.</param>
internal sealed record CronField(string Name, int Least, int Most, IReadOnlyList<string> Words)
{
    public static readonly CronField Second = new("second", 0, 59, []);
    public static readonly CronField Minute = new("minute", 0, 59, []);
    public static readonly CronField Hour = new("hour", 0, 23, []);
    public static readonly CronField Day = new("day-of-month", 1, 31, []);
    public static readonly CronField Month = new("month", 1, 12, ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"]);
    public static readonly CronField Weekday = new("day-of-week", 0, 6, ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"]);

    private int Size => Most - Least + 1;

    /// <summary>Reads one item of a list: <c>*</c>, <c>a</c>, <c>a-b</c>, each with or without <c>/step</c>; a range may lead over the end.</summary>
    /// <returns>The values, a bit each.</returns>
    /// <exception cref="FormatException">It is none of these; the message is to be read after the item.</exception>
    public ulong Read(string item)
    {
        var (range, step) = SplitStep(item);
        if (range == "*") return Bits(Least, Most, step ?? 1);
        var dash = range.IndexOf('-', StringComparison.Ordinal);
        if (dash >= 0)
        {
            var (from, to) = (Value(range[..dash]), Value(range[(dash + 1)..]));
            return Bits(from, to < from ? to + Size : to, step ?? 1);
        }

        var only = Value(range);
        return step is { } every ? Bits(only > Most ? Least : only, Most, every) : Bits(only, only, 1);
    }

    /// <summary>Reads one value: a number, or a name where the field has names. Sunday is 0 and 7.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public int Value(string text)
    {
        for (var i = 0; i < Words.Count; i++)
        {
            if (string.Equals(Words[i], text, StringComparison.OrdinalIgnoreCase)) return Least + i;
        }

        var most = this == Weekday ? 7 : Most;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= Least && number <= most) return number;
        var words = Words.Count > 0 ? $" or {Words[0]} to {Words[^1]}" : "";
        throw new FormatException($"must be from {Least} to {most}{words}.{NearestName.Question(text, Words)}");
    }

    private (string Range, int? Step) SplitStep(string item)
    {
        var slash = item.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0) return (item, null);
        if (int.TryParse(item.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var step) && step >= 1 && step < Size)
            return (item[..slash], step);
        throw new FormatException($"must have a step from 1 to {Size - 1} after the slash.");
    }

    private ulong Bits(int from, int to, int step)
    {
        var bits = 0UL;
        // What leads over the end goes on at the beginning.
        for (var value = from; value <= to; value += step) bits |= 1UL << (Least + (value - Least) % Size);
        return bits;
    }
}

/// <summary>Sets of small numbers, a bit each.</summary>
internal static class BitSet
{
    /// <summary>The smallest member from <paramref name="from"/> on; -1 where there is none.</summary>
    public static int Next(this ulong set, int from)
    {
        var rest = from > 63 ? 0 : set >> from << from;
        return rest == 0 ? -1 : BitOperations.TrailingZeroCount(rest);
    }
}
