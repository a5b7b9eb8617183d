using System.Net;

namespace Fleet.Client;

/// <summary>Tells failures that pass by themselves from those that trying again will not mend.</summary>
internal static class Transient
{
    /// <summary>The longest that a server's <c>Retry-After</c> is heeded.</summary>
    private static readonly TimeSpan LongestWish = TimeSpan.FromMinutes(1);

    /// <summary>Whether a later try may succeed.</summary>
    public static bool Is(Exception error, CancellationToken cancellation) => error switch
    {
        // HttpClient reports its own timeout as a cancellation.
        OperationCanceledException => !cancellation.IsCancellationRequested,
        FleetApiException e => (HttpStatusCode)e.Status is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway
            or HttpStatusCode.GatewayTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout,
        HttpRequestException or IOException or TimeoutException => true,
        _ => false,
    };

    /// <summary>The least pause that the server asks for.</summary>
    public static TimeSpan Wish(Exception? error) => error is FleetApiException { RetryAfter: var wish }
        ? wish < LongestWish ? wish : LongestWish
        : TimeSpan.Zero;
}
