namespace Fleet.Workers;

/// <summary>Something the fleet knows how to do. A new instance is made for every attempt, from a service scope of its own.</summary>
/// <typeparam name="TInput">What it gets, read from JSON. Its schema is announced and every run's input is checked against it.</typeparam>
/// <typeparam name="TOutput">What it returns, written as JSON.</typeparam>
public interface IJob<TInput, TOutput>
{
    /// <summary>Does it once. Throwing means failure, and a retry while attempts are left.</summary>
    /// <param name="input">The run's input.</param>
    /// <param name="context">The run, and what can be told of it while it goes on.</param>
    /// <param name="cancellation">
    /// Ends the attempt: somebody cancelled the run, its time is up, its worker shuts down, or it was given to another worker.
    /// </param>
    Task<TOutput> RunAsync(TInput input, JobContext context, CancellationToken cancellation);
}

/// <summary>The output of a job that has nothing to return.</summary>
public sealed record Nothing
{
    /// <summary>The only instance that is needed.</summary>
    public static Nothing Instance { get; } = new();
}
