using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Hosting;

/// <summary>Adds options the way every part of Fleet has them.</summary>
public static class FleetOptionsExtensions
{
    /// <summary>
    /// Adds options read from a section under <c>Fleet</c>, validated by their attributes when the host starts. The section's keys become
    /// known: any other key in it is refused at start, with the nearest known one. Adding them twice is adding them once.
    /// </summary>
    /// <param name="services">The host's services.</param>
    /// <param name="configuration">The host's configuration.</param>
    /// <param name="section">The section, such as <c>Fleet:Worker</c>.</param>
    public static OptionsBuilder<TOptions> AddFleetOptions<TOptions>(
        this IServiceCollection services, IConfiguration configuration, string section) where TOptions : class
    {
        var options = services.AddOptions<TOptions>();
        if (services.Any(service => service.ImplementationInstance is FleetSection known && known.Options == typeof(TOptions))) return options;

        services.AddSingleton(new FleetSection(section, typeof(TOptions)));
        services.AddSingleton<IValidateOptions<TOptions>>(new AnnotationValidator<TOptions>(section));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<FleetOptions>, ConfigurationKeys>(
            provider => new ConfigurationKeys(configuration, provider.GetServices<FleetSection>())));
        return options.Configure(value => Bind(configuration.GetSection(section), value)).ValidateOnStart();
    }

    private static void Bind(IConfigurationSection section, object options)
    {
        try
        {
            section.Bind(options);
        }
        catch (InvalidOperationException e)
        {
            // The binder's own words name the key and the type: "Failed to convert configuration value 'x' at 'Fleet:Lease' to type …".
            throw new FleetException(e.InnerException is FormatException or ArgumentException ? $"{e.Message} {e.InnerException.Message}" : e.Message, e);
        }
    }
}
