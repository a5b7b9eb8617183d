namespace Fleet.SignalR.Requests;

/// <summary>
/// Which server has which of the connections that this one writes to. A connection stays with its server for life, so what is known
/// never becomes wrong, only useless.
/// </summary>
/// <remarks>
/// While a connection's server is not known, letters for it go to all servers on their common channel; afterwards to the one server on
/// its own. Order is kept per channel only, so the change is made when every letter that went to all has been answered for.
/// </remarks>
internal sealed class OwnerDirectory(int capacity)
{
    private readonly Lock _lock = new();
    private Dictionary<string, Entry> _young = [];
    private Dictionary<string, Entry> _old = [];
    private long _last;

    /// <summary>Where a letter for a connection goes.</summary>
    /// <returns>Its server, or else the number that whoever has it shall answer with.</returns>
    public (string? Server, long Number) Route(string connection)
    {
        lock (_lock)
        {
            var entry = Get(connection);
            if (entry.Server is null) entry.Unanswered++;
            return (entry.Server, entry.Number);
        }
    }

    /// <summary>The server of a connection, where it is known and every letter has been answered for.</summary>
    public string? Find(string connection)
    {
        lock (_lock) return Get(connection).Server;
    }

    /// <summary>A server answered for a letter that went to all.</summary>
    public void Answered(string connection, long number, string server)
    {
        lock (_lock)
        {
            var entry = Get(connection);
            // It may be about an entry that was forgotten meanwhile.
            if (entry.Number == number && --entry.Unanswered == 0) entry.Server = server;
        }
    }

    /// <summary>A server answered for something else about a connection.</summary>
    public void Met(string connection, string server)
    {
        lock (_lock)
        {
            var entry = Get(connection);
            if (entry.Unanswered == 0) entry.Server = server;
        }
    }

    /// <summary>A connection's server does not answer any longer, or does not have it.</summary>
    public void Forget(string connection)
    {
        lock (_lock)
        {
            _young.Remove(connection);
            _old.Remove(connection);
        }
    }

    // In the lock. Bounded by two generations: what was used since the last change lives on.
    private Entry Get(string connection)
    {
        if (_young.TryGetValue(connection, out var entry)) return entry;
        if (!_old.Remove(connection, out entry)) entry = new Entry(++_last);
        if (_young.Count >= capacity) (_old, _young) = (_young, []);
        _young.Add(connection, entry);
        return entry;
    }

    private sealed class Entry(long number)
    {
        public long Number { get; } = number;

        public string? Server { get; set; }

        public int Unanswered { get; set; }
    }
}
