using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Access;

/// <summary>Which pages may connect. Browsers do not hold WebSockets to the same-origin policy, so the notifier does.</summary>
internal sealed class Origins(IOptions<NotifierOptions> options)
{
    private readonly HashSet<string> _allowed = new(options.Value.AllowedOrigins, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether the configuration lets a page of this origin in, wherever the notifier itself is.</summary>
    public bool IsListed(string origin) => _allowed.Contains(origin) || _allowed.Contains("*");

    /// <summary>Whether a request may go on: it comes from no page, from one of the same origin, or from a listed one.</summary>
    public bool Admits(HttpRequest request)
    {
        var origin = request.Headers.Origin.ToString();
        return origin.Length == 0 || IsSame(origin, request.Host) || IsListed(origin);
    }

    // Without the scheme: a proxy that ends TLS speaks plain HTTP to the notifier.
    private static bool IsSame(string origin, HostString host) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri) && string.Equals(uri.Authority, host.Value, StringComparison.OrdinalIgnoreCase);
}
