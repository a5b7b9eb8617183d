using System.Text.Json;

namespace Fleet.Notifier.Streams;

/// <summary>What can be wrong with a request, and how it is answered (contract: "Errors").</summary>
internal static class Problems
{
    /// <summary>After how many seconds it is worth trying again when Redis is away.</summary>
    private const string RetryAfter = "2";

    public static FleetProblem UnknownRun(string id) => new()
    {
        Type = "urn:fleet:unknown-run",
        Title = "There is no such run",
        Status = StatusCodes.Status404NotFound,
        Detail = Words.UnknownRun(id),
    };

    public static FleetProblem InvalidQuery(string detail) => new()
    {
        Type = "urn:fleet:invalid-query",
        Title = "The query is not valid",
        Status = StatusCodes.Status400BadRequest,
        Detail = detail,
    };

    public static FleetProblem RedisUnavailable { get; } = new()
    {
        Type = "urn:fleet:redis-unavailable",
        Title = "Redis cannot be reached",
        Status = StatusCodes.Status503ServiceUnavailable,
        Detail = Words.RedisAway,
    };

    public static FleetProblem OriginNotAllowed(string origin) => new()
    {
        Type = "urn:fleet:origin-not-allowed",
        Title = "The page's origin is not allowed",
        Status = StatusCodes.Status403Forbidden,
        Detail = $"Pages of {origin} may not connect to this notifier. Add the origin to Fleet:Notifier:AllowedOrigins to let them.",
    };

    public static async Task WriteAsync(HttpContext context, FleetProblem problem)
    {
        context.Response.StatusCode = problem.Status;
        context.Response.ContentType = "application/problem+json";
        if (problem.Status == StatusCodes.Status503ServiceUnavailable) context.Response.Headers.RetryAfter = RetryAfter;
        await JsonSerializer.SerializeAsync(context.Response.Body, problem, FleetJson.Options, context.RequestAborted);
    }
}
