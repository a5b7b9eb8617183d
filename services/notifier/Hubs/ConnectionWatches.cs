using Microsoft.AspNetCore.SignalR;

namespace Fleet.Notifier.Hubs;

/// <summary>What one connection watches. Its calls come one at a time (see <see cref="FleetNotifierExtensions"/>), so it needs no lock.</summary>
internal sealed class ConnectionWatches(int most) : IAsyncDisposable
{
    private readonly Dictionary<string, Watch> _watches = [];

    /// <summary>Refuses another watch where there are too many; one that takes the place of an earlier one is no other.</summary>
    /// <exception cref="HubException">There are too many.</exception>
    public async Task RequireRoomAsync(string subject)
    {
        if (_watches.Count < most || _watches.ContainsKey(subject)) return;
        foreach (var ended in _watches.Values.Where(watch => watch.HasEnded).ToList()) await EndAsync(ended.Subject);
        if (_watches.Count >= most) throw new HubException(Words.TooManyWatches(most));
    }

    /// <summary>Adds a watch, in place of an earlier one of the same subject, which has sent its last when this is over.</summary>
    public async Task AddAsync(Watch watch)
    {
        await EndAsync(watch.Subject);
        _watches.Add(watch.Subject, watch);
    }

    /// <summary>Ends the watch of a subject, where there is one.</summary>
    public async Task EndAsync(string subject)
    {
        if (_watches.Remove(subject, out var watch)) await watch.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var watch in _watches.Values) await watch.DisposeAsync();
        _watches.Clear();
    }
}
