using System.Net;
using System.Net.WebSockets;
using Fleet.Testing;

namespace Fleet.Notifier.Tests;

public sealed class OriginTests(RedisServer redis) : IClassFixture<RedisServer>
{
    [Theory]
    [InlineData("https://pages.example", HttpStatusCode.OK)]
    [InlineData("https://other.example", HttpStatusCode.Forbidden)]
    public async Task APageOfAnotherOrigin_ConnectsOnlyWhereItIsListed(string origin, HttpStatusCode expected)
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:AllowedOrigins:0", "https://pages.example"));
        using var request = new HttpRequestMessage(HttpMethod.Get, "v1/feed/stream");
        request.Headers.Add("Origin", origin);
        using var response = await app.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(expected, response.StatusCode);
        Assert.Equal(expected == HttpStatusCode.OK, response.Headers.Contains("Access-Control-Allow-Origin"));

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", origin);
        var connecting = socket.ConnectAsync(new UriBuilder(app.Hub) { Scheme = "ws" }.Uri, CancellationToken.None);
        if (expected == HttpStatusCode.OK) await connecting;
        else await Assert.ThrowsAsync<WebSocketException>(() => connecting);
    }

    [Fact]
    public async Task APageOfTheSameOrigin_ConnectsWithoutBeingListed()
    {
        await using var app = await NotifierApp.StartAsync(redis);
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Origin", app.Url.GetLeftPart(UriPartial.Authority));
        await socket.ConnectAsync(new UriBuilder(app.Hub) { Scheme = "ws" }.Uri, CancellationToken.None);
        Assert.Equal(WebSocketState.Open, socket.State);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("https://pages.example")]
    public async Task APreflight_OfAListedOrigin_IsAnswered(string listed)
    {
        await using var app = await NotifierApp.StartAsync(redis, ("Fleet:Notifier:AllowedOrigins:0", listed));
        using var request = new HttpRequestMessage(HttpMethod.Options, "hubs/runs/negotiate");
        request.Headers.Add("Origin", "https://pages.example");
        request.Headers.Add("Access-Control-Request-Method", "POST");
        request.Headers.Add("Access-Control-Request-Headers", "x-requested-with,x-signalr-user-agent");
        using var response = await app.Http.SendAsync(request);
        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal("https://pages.example", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Origin")));
        Assert.Equal("true", Assert.Single(response.Headers.GetValues("Access-Control-Allow-Credentials")));
    }
}
