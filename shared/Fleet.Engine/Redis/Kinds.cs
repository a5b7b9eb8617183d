namespace Fleet.Engine.Redis;

/// <summary>
/// What runs of a batch have in common. It comes once, after the arguments of all runs, which name it by its number: an argument a run
/// costs Redis more than what the script does with it.
/// </summary>
internal sealed class Kinds<T> where T : notnull
{
    private readonly OrderedDictionary<T, bool> _kinds = [];

    /// <summary>All of them, in the order of their numbers.</summary>
    public IEnumerable<T> All => _kinds.Keys;

    /// <summary>The number of a kind, as Lua counts: from 1.</summary>
    public int NumberOf(T kind)
    {
        _kinds.TryAdd(kind, true, out var index);
        return index + 1;
    }
}
