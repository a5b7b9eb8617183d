using System.Reflection;
using DotNet.Testcontainers.Builders;
using DotNet.Testcontainers.Containers;
using Xunit.Abstractions;
using Xunit.Sdk;

[assembly: TestFramework("Fleet.Containers.Tests.ContainerFramework", "Fleet.Containers.Tests")]

namespace Fleet.Containers.Tests;

/// <summary>
/// Starts the Redis that the suite runs against, in a container of the image that FLEET_TEST_IMAGE names, and ends it with the run. Without a
/// name it is the first of images.txt.
/// </summary>
public sealed class ContainerFramework(IMessageSink messages) : XunitTestFramework(messages)
{
    private const int Port = 6379;

    /// <inheritdoc/>
    protected override ITestFrameworkExecutor CreateExecutor(AssemblyName assemblyName)
    {
        var image = Environment.GetEnvironmentVariable("FLEET_TEST_IMAGE") is { Length: > 0 } given
            ? given
            : File.ReadLines(Path.Combine(AppContext.BaseDirectory, "images.txt")).First();
        var container = new ContainerBuilder()
            .WithImage(image)
            .WithPortBinding(Port, assignRandomHostPort: true)
            // As docker-compose.yml has it; both images put their server's name before options.
            .WithCommand("--save", "", "--appendonly", "yes", "--auto-aof-rewrite-min-size", "512mb", "--maxmemory-policy", "noeviction",
                "--hash-max-listpack-entries", "256", "--hash-max-listpack-value", "512")
            .WithWaitStrategy(Wait.ForUnixContainer().UntilMessageIsLogged("Ready to accept connections"))
            .Build();
        // Nothing of xunit's may be awaited here, and no test has begun.
        container.StartAsync().GetAwaiter().GetResult();
        DisposalTracker.Add(new Ending(container));
        // What every fixture of the suite asks for its server.
        Environment.SetEnvironmentVariable("FLEET_TEST_REDIS", $"{container.Hostname}:{container.GetMappedPublicPort(Port)}");
        return base.CreateExecutor(assemblyName);
    }

    private sealed class Ending(IContainer container) : IDisposable
    {
        public void Dispose() => container.DisposeAsync().AsTask().GetAwaiter().GetResult();
    }
}
