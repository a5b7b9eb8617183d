using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.WebSockets;
using Microsoft.AspNetCore.Connections;

namespace Fleet.Client.Live;

/// <summary>Connects SignalR's client over a WebSocket, without negotiation: the package that does so is missing from some feeds.</summary>
public sealed class WebSocketConnectionFactory : IConnectionFactory
{
    /// <summary>Connects to a hub.</summary>
    /// <param name="endpoint">A <see cref="UriEndPoint"/> with the hub's http or https address.</param>
    /// <param name="cancellationToken">Gives up.</param>
    [SuppressMessage("Reliability", "CA2000", Justification = "The socket belongs to the connection that is returned.")]
    public async ValueTask<ConnectionContext> ConnectAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var hub = ((UriEndPoint)endpoint).Uri;
        var address = new UriBuilder(hub) { Scheme = hub.Scheme == Uri.UriSchemeHttps ? Uri.UriSchemeWss : Uri.UriSchemeWs };
        var socket = new ClientWebSocket();
        try
        {
            await socket.ConnectAsync(address.Uri, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }

        return new WebSocketConnection(socket);
    }
}
