using System.Net;
using System.Net.Sockets;
using Fleet.Workers;
using Microsoft.Extensions.Options;

namespace Fleet.Worker.Http;

/// <summary>The worker's HTTP connections, pooled for all runs. Every connection is checked, so a redirect or a changed DNS entry gets nowhere either.</summary>
internal sealed class HttpSender : IDisposable
{
    private const int MostRedirects = 5;

    private readonly HttpOptions _options;
    private readonly string[] _allowedHosts;
    private readonly HttpClient _following;
    private readonly HttpClient _plain;

    public HttpSender(IOptions<HttpOptions> options)
    {
        _options = options.Value;
        _allowedHosts = _options.AllowedHosts.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        _following = Create(followRedirects: true);
        _plain = Create(followRedirects: false);
    }

    /// <summary>Sends a request and returns as soon as the answer's headers are there.</summary>
    /// <exception cref="JobException">The host or its address is not allowed.</exception>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, bool followRedirects, CancellationToken cancellation)
    {
        RequireAllowed(request.RequestUri!.IdnHost);
        try
        {
            return await (followRedirects ? _following : _plain).SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellation);
        }
        catch (HttpRequestException e) when (e.InnerException is JobException refused)
        {
            throw JobException.Permanent(refused.Message);
        }
    }

    public void Dispose()
    {
        _following.Dispose();
        _plain.Dispose();
    }

    private HttpClient Create(bool followRedirects) => new(new SocketsHttpHandler
    {
        AllowAutoRedirect = followRedirects,
        MaxAutomaticRedirections = MostRedirects,
        AutomaticDecompression = DecompressionMethods.All,
        ConnectCallback = ConnectAsync,
        ConnectTimeout = TimeSpan.FromSeconds(15),
        PooledConnectionLifetime = TimeSpan.FromMinutes(2),
        UseCookies = false,
        // Through a proxy, the addresses checked here would be the proxy's.
        UseProxy = false,
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        var host = context.DnsEndPoint.Host;
        RequireAllowed(host);
        var found = IPAddress.TryParse(host, out var literal) ? [literal] : await Dns.GetHostAddressesAsync(host, cancellation);
        IPAddress[] allowed = [.. found.Where(address => AddressRules.Allow(address, _options.AllowPrivateAddresses))];
        if (allowed.Length == 0 && found.Length > 0)
        {
            throw JobException.Permanent(
                $"This worker may not connect to '{host}': {found[0]} is link-local, a metadata service, or private ({HttpOptions.Section}:AllowPrivateAddresses).");
        }

        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(allowed, context.DnsEndPoint.Port, cancellation);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private void RequireAllowed(string host)
    {
        if (_allowedHosts.Length == 0 || _allowedHosts.Any(allowed => Matches(allowed, host))) return;
        throw JobException.Permanent($"This worker may not connect to '{host}': {HttpOptions.Section}:AllowedHosts does not list it.");
    }

    private static bool Matches(string allowed, string host) => allowed.StartsWith("*.", StringComparison.Ordinal)
        ? host.EndsWith(allowed[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(allowed, StringComparison.OrdinalIgnoreCase);
}
