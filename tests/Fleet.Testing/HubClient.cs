using System.Net;
using Fleet.Client.Live;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.SignalR.Client;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Testing;

/// <summary>Makes SignalR clients of a hub, which read and write JSON as Fleet does.</summary>
public static class HubClient
{
    /// <summary>A client that is not connected yet.</summary>
    /// <param name="hub">The hub's http or https address.</param>
    public static HubConnection Create(Uri hub)
    {
        var builder = new HubConnectionBuilder();
        builder.Services.AddSingleton<EndPoint>(new UriEndPoint(hub));
        builder.Services.AddSingleton<IConnectionFactory, WebSocketConnectionFactory>();
        builder.AddJsonProtocol(options => FleetJson.Configure(options.PayloadSerializerOptions));
        return builder.Build();
    }

    /// <summary>A connected client.</summary>
    /// <param name="hub">The hub's http or https address.</param>
    public static async Task<HubConnection> ConnectAsync(Uri hub)
    {
        var client = Create(hub);
        await client.StartAsync();
        return client;
    }
}
