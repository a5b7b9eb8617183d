using System.Globalization;
using Fleet.Hangfire.Feed;

namespace Fleet.Hangfire;

/// <summary>
/// How many runs ever succeeded, failed and were deleted, altogether and by day and hour. Fleet knows how many there are; it forgets old runs,
/// and Hangfire's counters do not: so what is kept beside is how many were forgotten, and the two together are exact also after a feed
/// that was not read in time.
/// </summary>
internal sealed class Counters
{
    private static readonly TimeSpan HourLife = TimeSpan.FromDays(1);
    private static readonly TimeSpan DayLife = TimeSpan.FromDays(31);

    private readonly Dictionary<(int Partition, Ending Ending), long> _totals = [];
    private readonly Dictionary<(int Partition, Ending Ending), long> _forgotten = [];
    private readonly Dictionary<string, long> _dated = [];
    private readonly HashSet<string> _changed = [];

    /// <summary>How many ever ended like this and were not retried.</summary>
    public long Total(Ending ending) => _totals.Where(total => total.Key.Ending == ending).Sum(total => total.Value);

    /// <summary>The counters of days and hours that changed since they were taken last, with how long each lives.</summary>
    public IReadOnlyList<(string Name, long Count, TimeSpan Life)> TakeChanged()
    {
        var taken = _changed.Select(name => (name, _dated.GetValueOrDefault(name), Life(name))).ToList();
        _changed.Clear();
        return taken;
    }

    /// <summary>Has the counters of deleted runs at a moment written again: a dashboard's Delete changes them.</summary>
    public void Touch(DateTimeOffset at) => _changed.UnionWith([DayOf(Ending.Deleted, at), HourOf(Ending.Deleted, at)]);

    /// <summary>Counts what the feeds told.</summary>
    public void Count(FeedChanges changes)
    {
        foreach (var (key, count) in changes.Ended) Add(key.Partition, key.Ending, DateTimeOffset.FromUnixTimeSeconds(key.Hour * 3600), count);
        foreach (var (id, ending) in changes.Left) Leave(id, ending);
    }

    /// <summary>A run that had ended like this was retried. What happened on a day stays so.</summary>
    public void Leave(RunId id, Ending ending) => _totals[(id.Partition, ending)] = _totals.GetValueOrDefault((id.Partition, ending)) - 1;

    /// <summary>Learns how many runs a partition had when all that was told until then had been counted.</summary>
    public void Align(int partition, IReadOnlyDictionary<RunState, long> ended)
    {
        foreach (var (ending, there) in There(ended))
        {
            var key = (partition, ending);
            // Never fewer than there are.
            _totals[key] = Math.Max(_totals.GetValueOrDefault(key), there);
            _forgotten[key] = _totals[key] - there;
        }
    }

    /// <summary>Goes on after a gap: what ended meanwhile is what is there more than was.</summary>
    public void Restart(int partition, IReadOnlyDictionary<RunState, long> ended, DateTimeOffset now, bool isFirst)
    {
        foreach (var (ending, there) in There(ended))
        {
            var key = (partition, ending);
            var total = there + _forgotten.GetValueOrDefault(key);
            var missed = total - _totals.GetValueOrDefault(key);
            // When they ended is not known; those from before the picture began belong to no day.
            if (missed > 0 && !isFirst) Date(ending, now, missed);
            _totals[key] = total;
        }
    }

    /// <summary>Forgets the counters of days and hours that have passed long ago; returns their names.</summary>
    public IReadOnlyList<string> Prune(DateTimeOffset now)
    {
        var old = _dated.Keys.Where(name => TimeOf(name) + Life(name) < now - TimeSpan.FromDays(1)).ToList();
        foreach (var name in old) _dated.Remove(name);
        return old;
    }

    /// <summary>What is kept of them.</summary>
    public IEnumerable<KeyValuePair<string, long>> Write()
    {
        foreach (var (key, total) in _totals) yield return new(Field("total", key), total);
        foreach (var (key, count) in _forgotten) yield return new(Field("forgotten", key), count);
        foreach (var (name, count) in _dated) yield return new($"dated:{name}", count);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static Counters Read(IReadOnlyDictionary<string, string> fields)
    {
        var counters = new Counters();
        foreach (var (field, value) in fields)
        {
            var parts = field.Split(':', 2);
            var count = () => long.Parse(value, CultureInfo.InvariantCulture);
            if (parts[0] == "total") counters._totals[Key(parts[1])] = count();
            else if (parts[0] == "forgotten") counters._forgotten[Key(parts[1])] = count();
            else if (parts[0] == "dated") counters._dated[parts[1]] = count();
        }

        return counters;
    }

    private void Add(int partition, Ending ending, DateTimeOffset at, long count)
    {
        _totals[(partition, ending)] = _totals.GetValueOrDefault((partition, ending)) + count;
        Date(ending, at, count);
    }

    private void Date(Ending ending, DateTimeOffset at, long count)
    {
        foreach (var name in new[] { DayOf(ending, at), HourOf(ending, at) })
        {
            _dated[name] = _dated.GetValueOrDefault(name) + count;
            _changed.Add(name);
        }
    }

    private static IEnumerable<(Ending Ending, long Count)> There(IReadOnlyDictionary<RunState, long> ended) =>
        ended.GroupBy(state => Endings.Of(state.Key)).Select(states => (states.Key, states.Sum(state => state.Value)));

    private static string DayOf(Ending ending, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{ending.Name()}:{at.UtcDateTime:yyyy-MM-dd}");

    private static string HourOf(Ending ending, DateTimeOffset at) =>
        string.Create(CultureInfo.InvariantCulture, $"{ending.Name()}:{at.UtcDateTime:yyyy-MM-dd-HH}");

    private static TimeSpan Life(string name) => IsHour(name) ? HourLife : DayLife;

    private static bool IsHour(string name) => name.Split('-').Length == 4;

    private static DateTimeOffset TimeOf(string name) => DateTimeOffset.ParseExact(
        name.Split(':')[1], IsHour(name) ? "yyyy-MM-dd-HH" : "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal);

    private static string Field(string kind, (int Partition, Ending Ending) key) =>
        string.Create(CultureInfo.InvariantCulture, $"{kind}:{key.Partition}:{key.Ending.Name()}");

    private static (int Partition, Ending Ending) Key(string text)
    {
        var parts = text.Split(':');
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), Endings.All.First(ending => ending.Name() == parts[1]));
    }
}
