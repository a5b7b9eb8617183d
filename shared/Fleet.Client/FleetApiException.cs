namespace Fleet.Client;

/// <summary>Fleet answered with an error.</summary>
public sealed class FleetApiException : Exception
{
    /// <inheritdoc cref="FleetApiException"/>
    public FleetApiException(FleetProblem problem) : base(Describe(problem)) => Problem = problem;

    /// <summary>What the answer said (contract: "Errors").</summary>
    public FleetProblem Problem { get; }

    /// <summary>The HTTP status code.</summary>
    public int Status => Problem.Status;

    /// <summary>How long the server asks to be left alone; zero where it does not say.</summary>
    public TimeSpan RetryAfter { get; internal init; }

    private static string Describe(FleetProblem problem)
    {
        ArgumentNullException.ThrowIfNull(problem);
        var text = problem.Detail is { Length: > 0 } detail ? $"{problem.Title}: {detail}" : problem.Title;
        return problem.Errors is { Count: > 0 } errors
            ? $"{text} ({string.Join("; ", errors.Select(field => $"{field.Key}: {string.Join(", ", field.Value)}"))})"
            : text;
    }
}
