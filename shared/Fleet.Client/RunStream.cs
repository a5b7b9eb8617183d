using System.Net;
using System.Net.Http.Headers;
using System.Net.Mime;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace Fleet.Client;

/// <summary>
/// A run's timeline over as many connections as it takes (contract: GET /v1/runs/{id}/stream). It holds the number of the last
/// event, so that each connection goes on where the one before it broke off.
/// </summary>
internal sealed class RunStream(FleetTransport transport, FleetClientOptions options, RunId id, long after, Action<WatchInterruption>? interrupted)
    : IAsyncDisposable
{
    private const string GapEvent = "gap";

    private readonly Backoff _backoff = new(options);
    private HttpResponseMessage? _response;
    private IAsyncEnumerator<SseItem<RunEvent?>>? _items;
    private long _seen = after;
    private long _gapAfter = -1;
    private bool _final;

    /// <summary>The next event; null when no more will come.</summary>
    public async ValueTask<RunEvent?> NextAsync(CancellationToken cancellation)
    {
        while (true)
        {
            Exception? error = null;
            try
            {
                if (_items is null && !await ConnectAsync(cancellation)) return null;
                var news = await ReadAsync();
                if (news is not null) return news;
            }
            catch (Exception e) when (Transient.Is(e, cancellation))
            {
                error = e;
            }

            await DisconnectAsync();
            // The server ends the stream after a final event, unless a retry followed it.
            if (_final) return null;
            if (error is null && _gapAfter == _seen) continue;
            var pause = _backoff.Next(error, Transient.Wish(error));
            interrupted?.Invoke(new WatchInterruption(_backoff.Failures, pause, error));
            await Task.Delay(pause, options.Time, cancellation);
        }
    }

    public ValueTask DisposeAsync() => DisconnectAsync();

    /// <summary>False when the server says that there is nothing more to come.</summary>
    private async Task<bool> ConnectAsync(CancellationToken cancellation)
    {
        using var request = transport.Request(HttpMethod.Get, $"v1/runs/{id}/stream");
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(MediaTypeNames.Text.EventStream));
        if (_seen > 0) request.Headers.Add("Last-Event-ID", $"{_seen}");
        _response = await transport.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        if (_response.StatusCode == HttpStatusCode.NoContent) return false;

        var body = new SilenceLimitedStream(await _response.Content.ReadAsStreamAsync(cancellation), options.SilenceLimit, options.Time);
        _items = SseParser.Create(body, Parse).EnumerateAsync(cancellation).GetAsyncEnumerator(cancellation);
        return true;
    }

    /// <summary>The next event that was not seen yet; null when the connection has no more, or left some out.</summary>
    private async Task<RunEvent?> ReadAsync()
    {
        while (await _items!.MoveNextAsync())
        {
            // The server says that what comes next is no longer kept.
            if (_items.Current.EventType == GapEvent) _gapAfter = _seen;
            if (_items.Current.Data is not { } item || item.Seq <= _seen) continue;
            // Events are missing: another connection brings them, or begins at the same place, and then nobody has them.
            if (item.Seq != _seen + 1 && _gapAfter != _seen)
            {
                _gapAfter = _seen;
                return null;
            }

            _backoff.Reset();
            _gapAfter = -1;
            _seen = item.Seq;
            _final = item.Type.IsFinal();
            return item;
        }

        _gapAfter = -1;
        return null;
    }

    private async ValueTask DisconnectAsync()
    {
        // The response goes first: it ends a read that the enumerator may still be in.
        _response?.Dispose();
        _response = null;
        if (_items is { } items)
        {
            _items = null;
            await items.DisposeAsync();
        }
    }

    /// <summary>Reads an event; null for what is no event of a run, which newer servers may send.</summary>
    private static RunEvent? Parse(string type, ReadOnlySpan<byte> data) =>
        EventTypes.TryParse(type, out _) ? JsonSerializer.Deserialize<RunEvent>(data, FleetJson.Options) : null;
}
