namespace Fleet.Engine.Hosting;

/// <summary>Refuses a request from deep within, with the error that answers it. For what is rare; what is expected is returned.</summary>
public sealed class ProblemException : Exception
{
    /// <inheritdoc cref="ProblemException"/>
    public ProblemException(FleetProblem problem) : base(problem.Detail ?? problem.Title) => Problem = problem;

    /// <inheritdoc cref="ProblemException"/>
    public ProblemException() : this(FleetProblems.OfStatus(500))
    {
    }

    /// <inheritdoc cref="ProblemException"/>
    public ProblemException(string message) : this(FleetProblems.OfStatus(500, message))
    {
    }

    /// <inheritdoc cref="ProblemException"/>
    public ProblemException(string message, Exception inner) : base(message, inner) => Problem = FleetProblems.OfStatus(500, message);

    /// <summary>The error.</summary>
    public FleetProblem Problem { get; }
}
