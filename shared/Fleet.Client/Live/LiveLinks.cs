namespace Fleet.Client.Live;

/// <summary>
/// The connections that a client watches over: one for everything, except what a connection can watch only once, such as the feed through two
/// filters.
/// </summary>
internal sealed class LiveLinks(Uri address, FleetClientOptions options)
{
    // Whatever path the address has is kept, with or without a slash at its end.
    private readonly Uri _hub = new(address.GetLeftPart(UriPartial.Path).TrimEnd('/') + "/hubs/runs");
    private readonly Lock _gate = new();
    private readonly List<HubLink> _links = [];
    private ConnectionState _state;

    /// <summary>Is told of every change.</summary>
    public event EventHandler<ConnectionState>? Changed;

    /// <summary>The state of the link that is worst off.</summary>
    public ConnectionState State
    {
        get
        {
            lock (_gate) return _state;
        }
    }

    /// <summary>Watches something; the link it is watched over has to be told when it ends.</summary>
    public HubLink Add(HubWatch watch)
    {
        HubLink[] links;
        lock (_gate) links = [.. _links];
        if (links.FirstOrDefault(link => link.TryAdd(watch)) is { } link) return link;

        link = new HubLink(_hub, options, Update);
        lock (_gate) _links.Add(link);
        link.TryAdd(watch);
        return link;
    }

    private void Update(HubLink link)
    {
        lock (_gate)
        {
            if (link.IsOver) _links.Remove(link);
            var now = _links.Count == 0 ? ConnectionState.Offline : _links.Min(each => each.State);
            if (now == _state) return;
            _state = now;
            // Under the lock, so that nobody hears of two changes in the wrong order.
            Changed?.Invoke(this, now);
        }
    }
}
