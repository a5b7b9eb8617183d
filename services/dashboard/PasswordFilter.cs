using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Hangfire.Dashboard;

namespace Fleet.Dashboard;

/// <summary>Lets in who knows name and password (HTTP basic authentication, so put TLS before it).</summary>
internal sealed class PasswordFilter(DashboardHostOptions options) : IDashboardAuthorizationFilter
{
    private readonly byte[] _expected = SHA256.HashData(Encoding.UTF8.GetBytes($"{options.User}:{options.Password}"));

    public bool Authorize(DashboardContext context)
    {
        var http = context.GetHttpContext();
        if (AuthenticationHeaderValue.TryParse(http.Request.Headers.Authorization, out var header)
            && string.Equals(header.Scheme, "Basic", StringComparison.OrdinalIgnoreCase)
            && Matches(header.Parameter ?? "")) return true;
        // Hangfire answers 401; this makes a browser ask.
        http.Response.Headers.WWWAuthenticate = "Basic realm=\"Fleet\", charset=\"UTF-8\"";
        return false;
    }

    private bool Matches(string credentials)
    {
        var given = new byte[credentials.Length];
        return Convert.TryFromBase64String(credentials, given, out var length)
            && CryptographicOperations.FixedTimeEquals(SHA256.HashData(given.AsSpan(0, length)), _expected);
    }
}
