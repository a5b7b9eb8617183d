using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Departure;

/// <summary>
/// Sends clients away one after another when the process is told to stop, so that the other replicas do not get them all at the same
/// moment. What is left afterwards ends with the server.
/// </summary>
internal sealed partial class Departures(
    IOptions<NotifierOptions> options, IHostApplicationLifetime lifetime, TimeProvider time, ILogger<Departures> logger) : IHostedService
{
    /// <summary>How long there is between two rounds of goodbyes.</summary>
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(20);

    /// <summary>Few clients are sent away no slower than that: nobody is helped by waiting longer.</summary>
    private const int LeastPerSecond = 50;

    private readonly Lock _lock = new();
    private readonly HashSet<Place> _present = [];
    private CancellationTokenRegistration _stopping;

    /// <summary>Whether the process was told to stop.</summary>
    public bool HaveBegun => lifetime.ApplicationStopping.IsCancellationRequested;

    /// <summary>Adds a client.</summary>
    /// <param name="sendAway">Sends it away, without waiting until it is gone.</param>
    /// <returns>To be disposed when it is gone.</returns>
    public IDisposable Join(Action sendAway)
    {
        var place = new Place(this, sendAway);
        lock (_lock) _present.Add(place);
        // One that came while the others were already being sent away, and is not among them.
        if (HaveBegun) SendAway(place);
        return place;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // What is registered last runs first, and the server's own ending of all connections waits until this is over.
        _stopping = lifetime.ApplicationStopping.Register(() => SendAllAwayAsync().GetAwaiter().GetResult());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping.Dispose();
        return Task.CompletedTask;
    }

    private async Task SendAllAwayAsync()
    {
        List<Place> places;
        lock (_lock) places = [.. _present];
        if (places.Count == 0) return;
        LogBegun(places.Count);
        var span = Math.Min(options.Value.DrainTime.TotalSeconds, places.Count / (double)LeastPerSecond);
        var began = time.GetTimestamp();
        for (var gone = 0; ;)
        {
            var due = span == 0 ? places.Count : (int)Math.Min(1 + places.Count * (time.GetElapsedTime(began).TotalSeconds / span), places.Count);
            for (; gone < due; gone++) SendAway(places[gone]);
            if (gone == places.Count) return;
            await Task.Delay(Round, time, CancellationToken.None);
        }
    }

    private void SendAway(Place place)
    {
        try
        {
            place.SendAway();
        }
#pragma warning disable CA1031 // One client that cannot be told must not keep the others from being told.
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotSent(e);
        }
    }

    private void Remove(Place place)
    {
        lock (_lock) _present.Remove(place);
    }

    [LoggerMessage(3201, LogLevel.Information, "{Clients} clients are sent to other replicas")]
    private partial void LogBegun(int clients);

    [LoggerMessage(3202, LogLevel.Warning, "A client could not be sent away, and is cut off later")]
    private partial void LogNotSent(Exception error);

    /// <summary>One client's place among those who are here.</summary>
    private sealed class Place(Departures departures, Action sendAway) : IDisposable
    {
        public void SendAway() => sendAway();

        public void Dispose() => departures.Remove(this);
    }
}
