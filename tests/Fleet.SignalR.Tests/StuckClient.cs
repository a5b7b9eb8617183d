using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using Fleet.Testing;

namespace Fleet.SignalR.Tests;

/// <summary>A client of the <see cref="ProbeHub"/> that reads only when it is told to, and has room for little that it has not read.</summary>
internal sealed class StuckClient : IAsyncDisposable
{
    private const char End = '\u001e';

    private readonly ClientWebSocket _socket = new();
    private readonly HttpMessageInvoker _http = new(LittleRoom.Handler());
    private readonly StringBuilder _unread = new();
    private int _calls;

    private StuckClient()
    {
    }

    public string Id { get; private set; } = "";

    public static async Task<StuckClient> ConnectAsync(HubServer server, string group)
    {
        var client = new StuckClient();
        await client._socket.ConnectAsync(new UriBuilder(server.Url) { Scheme = "ws" }.Uri, client._http, default);
        await client.SendAsync("""{"protocol":"json","version":1}""");
        await client.NextAsync();
        client.Id = (await client.CallAsync("Id")).GetProperty("result").GetString()!;
        await client.CallAsync("Join", group);
        return client;
    }

    /// <summary>Reads on: the next thing that the hub said.</summary>
    /// <returns>What it said, <c>(resync)</c>, or null when the connection is over.</returns>
    public async Task<string?> ReadAsync()
    {
        while (await NextAsync() is { } message)
        {
            if (!message.TryGetProperty("target", out var target)) continue;
            return target.GetString() == "Resync" ? "(resync)" : message.GetProperty("arguments")[0].GetString();
        }

        return null;
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _http.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<JsonElement> CallAsync(string method, params string[] arguments)
    {
        var id = $"{++_calls}";
        await SendAsync(JsonSerializer.Serialize(new { type = 1, invocationId = id, target = method, arguments }));
        while (await NextAsync() is { } message)
        {
            if (message.TryGetProperty("invocationId", out var answered) && answered.GetString() == id) return message;
        }

        throw new InvalidOperationException("The connection is over.");
    }

    private Task SendAsync(string message) =>
        _socket.SendAsync(Encoding.UTF8.GetBytes(message + End), WebSocketMessageType.Text, true, default);

    private async Task<JsonElement?> NextAsync()
    {
        using var timeout = new CancellationTokenSource(Eventually.Patience);
        var bytes = new byte[64 * 1024];
        while (true)
        {
            var text = _unread.ToString();
            if (text.IndexOf(End, StringComparison.Ordinal) is var end and >= 0)
            {
                _unread.Remove(0, end + 1);
                return JsonDocument.Parse(text[..end]).RootElement;
            }

            try
            {
                var received = await _socket.ReceiveAsync(bytes, timeout.Token);
                if (received.MessageType == WebSocketMessageType.Close) return null;
                _unread.Append(Encoding.UTF8.GetString(bytes, 0, received.Count));
            }
            catch (WebSocketException)
            {
                return null;
            }
        }
    }
}
