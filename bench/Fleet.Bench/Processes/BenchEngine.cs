using Fleet.Engine;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Bench.Processes;

/// <summary>The engine in this process, for what is measured without services around it.</summary>
internal static class BenchEngine
{
    /// <summary>Starts it against a Redis, with what else <paramref name="add"/> adds to the host.</summary>
    public static async Task<IHost> StartAsync(BenchRedis redis, int partitions = 1, Action<IServiceCollection>? add = null)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Configuration.AddInMemoryCollection(FleetSettings.Of(redis.Address, partitions));
        builder.Services.AddFleetEngine(builder.Configuration);
        add?.Invoke(builder.Services);
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
