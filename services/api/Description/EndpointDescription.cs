using Fleet.Engine.Hosting;

namespace Fleet.Api.Description;

/// <summary>Says of an endpoint what its handler's signature does not.</summary>
internal static class EndpointDescription
{
    public static RouteHandlerBuilder WithParameters(this RouteHandlerBuilder endpoint, params ApiParameter[] parameters) =>
        endpoint.WithMetadata([.. parameters]);

    public static RouteHandlerBuilder WithHeaders(this RouteHandlerBuilder endpoint, int status, params ApiParameter[] headers) =>
        endpoint.WithMetadata(new ApiHeaders(status, headers));

    /// <summary>The errors an endpoint may answer with; every one may answer that Redis is away, or that we are at fault.</summary>
    public static RouteHandlerBuilder ProducesFaults(this RouteHandlerBuilder endpoint, params int[] statuses)
    {
        foreach (var status in statuses.Append(StatusCodes.Status500InternalServerError).Append(StatusCodes.Status503ServiceUnavailable))
            endpoint.Produces<FleetProblem>(status, ProblemResult.ContentType);
        return endpoint;
    }
}
