using System.Net;
using System.Net.Sockets;

namespace Fleet.Faults.Processes;

/// <summary>
/// Loopback ports for processes that are restarted on them. They are below those that the system gives to outgoing connections, of
/// which one could take the place of a process that is down just then.
/// </summary>
internal sealed class Ports(Dice dice)
{
    private const int First = 20_000;
    private const int Last = 29_999;

    private readonly HashSet<int> _given = [];

    /// <summary>A port that nobody listens on.</summary>
    public int Next()
    {
        while (true)
        {
            var port = First + dice.Below(Last - First + 1);
            if (_given.Add(port) && IsFree(port)) return port;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
