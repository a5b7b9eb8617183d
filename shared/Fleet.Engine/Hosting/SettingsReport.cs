using System.Collections;
using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.CommandLine;
using Microsoft.Extensions.Configuration.EnvironmentVariables;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;

namespace Fleet.Engine.Hosting;

/// <summary>Tells of every option of this process what it is, who said so, and what it is for. Secrets stay secret.</summary>
internal sealed partial class SettingsReport(IConfiguration configuration, IEnumerable<FleetSection> sections)
{
    private const string Hidden = "…";

    /// <summary>All options, section by section in the order in which they are declared.</summary>
    public IReadOnlyList<Setting> Read() =>
        [.. sections.OrderBy(section => section.Path, StringComparer.Ordinal).SelectMany(section => Of(section.Path, section.Options, Activator.CreateInstance(section.Options)!))];

    private IEnumerable<Setting> Of(string path, Type options, object defaults)
    {
        foreach (var property in options.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanWrite))
        {
            var key = $"{path}:{property.Name}";
            var usual = property.GetValue(defaults);
            if (FleetSection.IsNested(property.PropertyType))
            {
                foreach (var nested in Of(key, property.PropertyType, usual ?? Activator.CreateInstance(property.PropertyType)!)) yield return nested;
                continue;
            }

            var (value, source) = Find(key);
            var shown = Show(usual);
            yield return new Setting(key, Guard(key, value ?? shown), Guard(key, shown), source, OptionMeanings.Of(property));
        }
    }

    /// <summary>The value that counts, of a list all of its items, and where it stands; the later source wins.</summary>
    private (string? Value, string Source) Find(string key)
    {
        var items = configuration.GetSection(key).GetChildren().Select(child => child.Path).ToList();
        var value = items.Count == 0 ? configuration[key] : string.Join(", ", items.Select(item => configuration[item]));
        var source = ((configuration as IConfigurationRoot)?.Providers ?? []).Reverse().FirstOrDefault(provider => items.DefaultIfEmpty(key).Any(path => provider.TryGet(path, out _)));
        return source is null ? (null, "default") : (value, NameOf(source));
    }

    private static string NameOf(IConfigurationProvider provider) => provider switch
    {
        EnvironmentVariablesConfigurationProvider => "environment",
        CommandLineConfigurationProvider => "command line",
        JsonConfigurationProvider json => json.Source.Path ?? "settings file",
        KeyPerFileConfigurationProvider => "configuration folder",
        _ => "process",
    };

    private static string? Show(object? value) => value switch
    {
        null => null,
        string text => text,
        bool flag => flag ? "true" : "false",
        TimeSpan span => span.ToString("c", CultureInfo.InvariantCulture),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        IEnumerable list => string.Join(", ", list.Cast<object>()),
        _ => value.ToString(),
    };

    /// <summary>A password in a connection string, and whatever has a telling name, is not for everybody who can ask the API.</summary>
    private static string? Guard(string key, string? value)
    {
        if (string.IsNullOrEmpty(value)) return value;
        return SecretName().IsMatch(key[(key.LastIndexOf(':') + 1)..]) ? Hidden : SecretPart().Replace(value, match => $"{match.Groups["name"]}={Hidden}");
    }

    [GeneratedRegex("password|secret|token|apikey|keys$", RegexOptions.IgnoreCase)]
    private static partial Regex SecretName();

    [GeneratedRegex(@"(?<name>\b(password|user)\s*)=[^,]*", RegexOptions.IgnoreCase)]
    private static partial Regex SecretPart();
}
