using System.Net;
using System.Net.ServerSentEvents;
using Fleet.Testing;

namespace Fleet.Notifier.Tests;

/// <summary>A client that reads server-sent events.</summary>
internal sealed class EventStream : IAsyncDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly CancellationTokenSource _timeout = new(Eventually.Patience);
    private readonly SseParser<string> _parser;
    private readonly IAsyncEnumerator<SseItem<string>> _items;

    private EventStream(HttpResponseMessage response, Stream body)
    {
        _response = response;
        _parser = SseParser.Create(body);
        _items = _parser.EnumerateAsync(_timeout.Token).GetAsyncEnumerator(_timeout.Token);
    }

    public HttpResponseMessage Response => _response;

    /// <summary>How long the server asks to wait before connecting again.</summary>
    public TimeSpan ReconnectionInterval => _parser.ReconnectionInterval;

    public static Task<EventStream> OpenAsync(NotifierApp app, string path, string? lastEventId = null) => OpenAsync(app.Http, path, lastEventId);

    public static async Task<EventStream> OpenAsync(HttpClient http, string path, string? lastEventId = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        if (lastEventId is not null) request.Headers.Add("Last-Event-ID", lastEventId);
        var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return new EventStream(response, await response.Content.ReadAsStreamAsync());
    }

    public async Task<SseItem<string>> NextAsync()
    {
        Assert.True(await _items.MoveNextAsync(), "The stream ended.");
        return _items.Current;
    }

    /// <summary>The next event of a type, whatever comes before it.</summary>
    public async Task<SseItem<string>> NextAsync(string type)
    {
        while (true)
        {
            var item = await NextAsync();
            if (item.EventType == type) return item;
        }
    }

    public async Task<bool> HasEndedAsync() => !await _items.MoveNextAsync();

    /// <summary>The type of a feed's next event but for its counts, which may come at any time; null where the stream ended.</summary>
    public async Task<string?> NextBesidesCountsAsync()
    {
        while (await _items.MoveNextAsync())
        {
            if (_items.Current.EventType != "counts") return _items.Current.EventType;
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        _response.Dispose();
        try
        {
            await _items.DisposeAsync();
        }
        finally
        {
            _timeout.Dispose();
        }
    }
}
