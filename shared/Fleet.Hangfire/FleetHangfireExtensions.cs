using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Hangfire.Storage;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire;

/// <summary>Adds the picture for Hangfire dashboards to a host.</summary>
public static class FleetHangfireExtensions
{
    /// <summary>
    /// Adds keeping the picture, where <c>Fleet:Hangfire:Enabled</c> says so; otherwise the options are known and nothing is done.
    /// The host has the engine.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    public static IServiceCollection AddFleetHangfire(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddFleetOptions<HangfireOptions>(configuration, HangfireOptions.Section);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<HangfireOptions>, HangfireOptionsValidator>());
        if (!IsEnabled(configuration) || services.Any(service => service.ServiceType == typeof(HangfireKeys))) return services;

        services.AddFleetFeedTail();
        services.AddSingleton<HangfireKeys>(provider => new HangfireKeys(
            provider.GetRequiredService<IOptions<HangfireOptions>>(), provider.GetRequiredService<IOptions<FleetOptions>>()));
        services.AddSingleton<PictureConnection>();
        services.AddSingleton<PictureStore>();
        services.AddSingleton<PictureWriter>();
        services.AddSingleton<Selection>();
        services.AddSingleton<Buttons>();
        services.AddSingleton<Servers>();
        services.AddSingleton<RecurringJobs>();
        services.AddSingleton<Projector>();
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredService<Projector>());
        return services;
    }

    // What cannot be read as a flag is refused where the options are bound.
    private static bool IsEnabled(IConfiguration configuration) =>
        bool.TryParse(configuration[$"{HangfireOptions.Section}:{nameof(HangfireOptions.Enabled)}"], out var enabled) && enabled;
}
