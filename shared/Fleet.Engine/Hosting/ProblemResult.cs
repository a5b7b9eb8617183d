using System.Text.Json;
using Fleet.Engine.Metrics;
using Microsoft.AspNetCore.Http;

namespace Fleet.Engine.Hosting;

/// <summary>Answers a request with an error, as RFC 9457 has it.</summary>
public sealed class ProblemResult(FleetProblem problem) : IResult, IStatusCodeHttpResult
{
    /// <summary>The media type of every error.</summary>
    public const string ContentType = "application/problem+json";

    /// <summary>How soon a client may ask again while Redis is away, in seconds.</summary>
    private const string RetryAfterSeconds = "1";

    /// <summary>The error.</summary>
    public FleetProblem Problem { get; } = problem;

    /// <inheritdoc/>
    public int? StatusCode => Problem.Status;

    /// <inheritdoc/>
    public async Task ExecuteAsync(HttpContext httpContext)
    {
        FleetMetrics.Problems.Add(1, new KeyValuePair<string, object?>("slug", Problem.Slug()));
        var response = httpContext.Response;
        response.StatusCode = Problem.Status;
        response.ContentType = ContentType;
        if (Problem.Status == StatusCodes.Status503ServiceUnavailable) response.Headers.RetryAfter = RetryAfterSeconds;
        await JsonSerializer.SerializeAsync(response.Body, Problem, FleetJson.Options, httpContext.RequestAborted);
    }
}
