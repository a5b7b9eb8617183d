using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Workers;

/// <summary>Adds jobs to a worker.</summary>
public sealed class FleetWorkerBuilder
{
    private readonly IServiceCollection _services;

    internal FleetWorkerBuilder(IServiceCollection services) => _services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services => _services;

    /// <summary>Adds a job.</summary>
    /// <typeparam name="TJob">A class that implements <see cref="IJob{TInput, TOutput}"/> once.</typeparam>
    /// <param name="name">The job's name: lower-case letters, digits, '.', '_' and '-'.</param>
    /// <param name="configure">Says what its runs get where the caller says nothing.</param>
    /// <exception cref="ArgumentException">The name or the class will not do.</exception>
    public FleetWorkerBuilder AddJob<TJob>(string name, Action<JobBuilder>? configure = null) where TJob : class
    {
        if (Names.IsReserved(name)) throw new ArgumentException($"'{name}' cannot be the name of a job: '{Names.ReservedJobs}' begins the names of Fleet's own.", nameof(name));
        var builder = new JobBuilder();
        configure?.Invoke(builder);
        _services.AddSingleton(JobDefinition.Of<TJob>(name, builder));
        return this;
    }
}
