using System.Net;
using System.Net.Sockets;

namespace Fleet.Worker.Http;

/// <summary>Which addresses a worker may connect to on somebody else's behalf.</summary>
internal static class AddressRules
{
    /// <summary>Link-local, where clouds serve credentials to whoever asks, and the metadata services that live elsewhere.</summary>
    private static readonly IPNetwork[] Never =
    [
        IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fd00:ec2::254/128"),
        IPNetwork.Parse("100.100.100.200/32"), IPNetwork.Parse("168.63.129.16/32"),
    ];

    private static readonly IPNetwork[] Private =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("172.16.0.0/12"),
        IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        IPNetwork.Parse("::/128"), IPNetwork.Parse("::1/128"), IPNetwork.Parse("fc00::/7"), IPNetwork.Parse("ff00::/8"),
    ];

    private static readonly IPNetwork Nat64 = IPNetwork.Parse("64:ff9b::/96");

    /// <summary>Whether a connection to the address may be opened.</summary>
    public static bool Allow(IPAddress address, bool privateOnes)
    {
        var plain = Plain(address);
        return !Never.Any(network => network.Contains(plain)) && (privateOnes || !Private.Any(network => network.Contains(plain)));
    }

    /// <summary>The IPv4 address inside an IPv6 one that only wraps it.</summary>
    private static IPAddress Plain(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        if (address.IsIPv4MappedToIPv6) return address.MapToIPv4();
        // An address with a scope is never in a network without one.
        var unscoped = address.ScopeId == 0 ? address : new IPAddress(address.GetAddressBytes());
        return Nat64.Contains(unscoped) ? new IPAddress(unscoped.GetAddressBytes().AsSpan(12)) : unscoped;
    }
}
