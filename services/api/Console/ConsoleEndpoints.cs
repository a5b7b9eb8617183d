using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace Fleet.Api.Console;

/// <summary>Serves the web console: its page at each of the page's own addresses, and what the page loads. Nothing else changes its 404.</summary>
internal static class ConsoleEndpoints
{
    /// <summary>The addresses of the console's pages; the same as in clients/console/src/view/routes.ts, which a test holds.</summary>
    public static readonly string[] Pages =
    [
        "/", "/runs", "/runs/{id}", "/new", "/queues", "/workers", "/schedules", "/schedules/{name}", "/jobs", "/jobs/{name}", "/failed",
    ];

    private static readonly string[] Asked = [HttpMethods.Get, HttpMethods.Head];

    /// <summary>Said instead of the page. No problem document: a person reads it, in a browser.</summary>
    private const string NotBuilt =
        """
        Fleet is running, but its web console was not built with it.

        ./fleet up builds it. By hand:   cd clients/console && npm ci && npm run build
        and then build the API again:    dotnet build services/api

        The API itself needs none of that: /openapi/v1.json describes it.

        """;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        foreach (var page in Pages)
            endpoints.MapMethods(page, Asked, ServePage).ExcludeFromDescription();
        // The build names what is under assets by its content; what lies at the root keeps its name.
        endpoints.MapMethods("/assets/{file}", Asked, (string file, HttpContext context, ConsoleFiles files) =>
            Serve(context, files, files.Find($"assets/{file}"), "public, max-age=31536000, immutable")).ExcludeFromDescription();
        foreach (var icon in new[] { "favicon.svg", "favicon-running.svg", "favicon-failing.svg" })
        {
            endpoints.MapMethods($"/{icon}", Asked, (HttpContext context, ConsoleFiles files) =>
                Serve(context, files, files.Find(icon), "public, max-age=3600")).ExcludeFromDescription();
        }
    }

    private static IResult ServePage(HttpContext context, ConsoleFiles files) =>
        files.Page is { } page
            ? Serve(context, files, page, "no-cache")
            : TypedResults.Text(NotBuilt, "text/plain; charset=utf-8", statusCode: StatusCodes.Status404NotFound);

    private static IResult Serve(HttpContext context, ConsoleFiles files, ConsoleFile? file, string caching)
    {
        // Left without a body, it gets the problem that every address without anything has.
        if (file is null) return TypedResults.StatusCode(StatusCodes.Status404NotFound);

        var headers = context.Response.Headers;
        headers.CacheControl = caching;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=(), payment=(), usb=()";
        headers.ContentSecurityPolicy = PolicyOf(files.Notifier);

        var content = file.Plain;
        if (file.Brotli is not null && Takes(context.Request, "br")) (content, headers.ContentEncoding) = (file.Brotli, "br");
        else if (file.Gzip is not null && Takes(context.Request, "gzip")) (content, headers.ContentEncoding) = (file.Gzip, "gzip");
        return TypedResults.Bytes(content, file.ContentType, entityTag: TagOf(file, headers.ContentEncoding));
    }

    /// <summary>Each coding is a content of its own to a cache.</summary>
    private static EntityTagHeaderValue TagOf(ConsoleFile file, StringValues coding) =>
        new(StringValues.IsNullOrEmpty(coding) ? file.ETag : $"{file.ETag[..^1]}-{coding}\"");

    private static bool Takes(HttpRequest request, string coding) => request.GetTypedHeaders().AcceptEncoding
        .Any(accepted => accepted.Value.Equals(coding, StringComparison.OrdinalIgnoreCase) && accepted.Quality is not 0);

    /// <summary>Only what came with the page runs or dresses it, and it speaks only to the API and the notifier ('self' is its WebSockets too).</summary>
    private static string PolicyOf(string? notifier)
    {
        var live = notifier is null ? "" : $" {notifier} {string.Concat("ws", notifier.AsSpan("http".Length))}";
        return "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; "
            + $"connect-src 'self'{live}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    }
}
