using Fleet.Engine.Redis;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Fleet.Engine.Hosting;

/// <summary>Turns whatever goes wrong with a request into problem details, and gives them to errors that have no body.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            await next(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return; // Nobody is there to be answered.
        }
#pragma warning disable CA1031 // The last to see it: whatever it is must become an answer.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            var problem = Describe(e, context);
            context.Response.Clear();
            await new ProblemResult(problem).ExecuteAsync(context);
            return;
        }

        var response = context.Response;
        if (response.StatusCode >= 400 && !response.HasStarted && response.ContentType is null && response.ContentLength is null)
            await new ProblemResult(DescribeStatus(context)).ExecuteAsync(context);
    }

    private FleetProblem Describe(Exception e, HttpContext context)
    {
        switch (e)
        {
            case ProblemException refused:
                return refused.Problem;
            case BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge }:
                return FleetProblems.PayloadTooLarge(e.Message);
            case BadHttpRequestException bad:
                return FleetProblems.OfStatus(bad.StatusCode, bad.Message);
            case Exception when RedisFailure.IsForGood(e):
                break;
            case Exception when RedisFailure.IsFull(e):
                LogFull(context.Request.Method, context.Request.Path, e.Message);
                return FleetProblems.StorageFull();
            // A deadline that passed is the same to the caller, whoever's it was.
            case TimeoutException:
            case Exception when RedisFailure.Is(e):
                LogRedis(context.Request.Method, context.Request.Path, e.Message);
                return FleetProblems.RedisUnavailable();
        }

        LogFault(e, context.Request.Method, context.Request.Path, context.TraceIdentifier);
        return FleetProblems.InternalError(context.TraceIdentifier);
    }

    private static FleetProblem DescribeStatus(HttpContext context)
    {
        var (request, response) = (context.Request, context.Response);
        return response.StatusCode switch
        {
            StatusCodes.Status404NotFound => FleetProblems.OfStatus(StatusCodes.Status404NotFound,
                $"There is nothing at {request.Path}. What there is, /openapi/v1.json describes."),
            StatusCodes.Status405MethodNotAllowed => FleetProblems.OfStatus(StatusCodes.Status405MethodNotAllowed,
                $"{request.Path} does not take {request.Method}. It takes {response.Headers.Allow}."),
            StatusCodes.Status415UnsupportedMediaType => FleetProblems.UnsupportedMediaType(
                $"{request.Path} does not read '{request.ContentType}'. Send application/json."),
            var status => FleetProblems.OfStatus(status),
        };
    }

    [LoggerMessage(1401, LogLevel.Warning, "{Method} {Path} could not be served, because Redis does not answer: {Reason}")]
    private partial void LogRedis(string method, string path, string reason);

    [LoggerMessage(1403, LogLevel.Error, "{Method} {Path} could not be served, because Redis is full: {Reason}")]
    private partial void LogFull(string method, string path, string reason);

    [LoggerMessage(1402, LogLevel.Error, "{Method} {Path} failed (trace {Trace})")]
    private partial void LogFault(Exception e, string method, string path, string trace);
}

/// <summary>Adds problem details to an application.</summary>
public static class ProblemMiddlewareExtensions
{
    private const string Added = "Fleet.Problems";

    /// <summary>Answers every error with problem details. Adding it twice is adding it once.</summary>
    public static IApplicationBuilder UseFleetProblems(this IApplicationBuilder app) =>
        app.Properties.TryAdd(Added, true) ? app.UseMiddleware<ProblemMiddleware>() : app;
}
