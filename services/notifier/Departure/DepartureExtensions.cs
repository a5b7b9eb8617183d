using Fleet.Engine.Hosting;

namespace Fleet.Notifier.Departure;

/// <summary>Keeps new clients away from a process that sends away those it has.</summary>
internal static class DepartureExtensions
{
    /// <summary>Answers 503 once the process was told to stop.</summary>
    public static TBuilder RefuseWhileStopping<TBuilder>(this TBuilder endpoints) where TBuilder : IEndpointConventionBuilder
    {
        endpoints.Finally(endpoint =>
        {
            if (endpoint.RequestDelegate is { } next) endpoint.RequestDelegate = context => ServeAsync(context, next);
        });
        return endpoints;
    }

    private static Task ServeAsync(HttpContext context, RequestDelegate next)
    {
        // A connection that polls goes on until it is sent away.
        var isNew = !context.Request.Query.ContainsKey("id");
        if (!isNew || !context.RequestServices.GetRequiredService<Departures>().HaveBegun) return next(context);
        context.Response.Headers.RetryAfter = "1";
        return new ProblemResult(FleetProblems.Stopping()).ExecuteAsync(context);
    }
}
