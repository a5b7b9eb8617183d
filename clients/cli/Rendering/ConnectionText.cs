using System.Net.Sockets;

namespace Fleet.Cli.Rendering;

/// <summary>Says in one line that there is no connection, and what to do.</summary>
internal static class ConnectionText
{
    public static string Explain(ServerAddress address, Exception error)
    {
        var url = address.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');
        var origin = address.Origin is null ? "" : $" ({address.Origin})";
        // That nobody listens goes without saying; anything else is worth the words.
        var cause = error.GetBaseException() is SocketException { SocketErrorCode: SocketError.ConnectionRefused }
            ? ""
            : $" ({Printable.Line(error.GetBaseException().Message).TrimEnd('.')})";
        return $"Cannot reach Fleet at {url}{origin}: is it running? Start it with ./fleet up, or give --url.{cause}";
    }
}
