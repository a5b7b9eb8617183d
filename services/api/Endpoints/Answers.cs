using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>Answers that several endpoints give.</summary>
internal static class Answers
{
    public static IResult UnknownRun(string id) => new ProblemResult(FleetProblems.UnknownRun(id));

    public static IResult NotJson(HttpRequest request) => new ProblemResult(FleetProblems.UnsupportedMediaType(
        string.IsNullOrEmpty(request.ContentType)
            ? "The request says no Content-Type. Send application/json."
            : $"'{request.ContentType}' is not read here. Send application/json."));
}
