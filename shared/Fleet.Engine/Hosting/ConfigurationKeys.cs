using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Hosting;

/// <summary>
/// Refuses configuration keys under <c>Fleet</c> that nobody reads: a key with a typing error would otherwise be a default that nobody
/// asked for. It validates <see cref="FleetOptions"/>, which every process has, so its findings are reported with all others.
/// </summary>
internal sealed class ConfigurationKeys(IConfiguration configuration, IEnumerable<FleetSection> sections) : IValidateOptions<FleetOptions>
{
    /// <summary>Sections of processes that may share this one's configuration; a process that does not read them lets them be.</summary>
    private static readonly string[] OfOthers =
    [
        "Fleet:Api", "Fleet:Dashboard", "Fleet:Hangfire", "Fleet:Notifier", "Fleet:Standalone", "Fleet:Worker", "Fleet:Worker:DeletionCost",
        "Fleet:Worker:Files", "Fleet:Worker:Http", "Fleet:Worker:Process",
    ];

    private readonly List<FleetSection> _sections = [.. sections];

    public ValidateOptionsResult Validate(string? name, FleetOptions options)
    {
        var unknown = new List<string>();
        var root = configuration.GetSection(FleetOptions.Section);
        Check(root, FleetSection.KeysOf(typeof(FleetOptions)), unknown);
        return unknown.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(unknown);
    }

    private void Check(IConfigurationSection section, IReadOnlyDictionary<string, Type> keys, List<string> unknown)
    {
        foreach (var child in section.GetChildren())
        {
            if (_sections.Find(known => Same(known.Path, child.Path)) is { } registered) Check(child, registered.Keys, unknown);
            else if (keys.TryGetValue(child.Key, out var type)) CheckValue(child, type, unknown);
            else if (!OfOthers.Contains(child.Path, StringComparer.OrdinalIgnoreCase)) unknown.Add(Describe(section, child, keys));
        }
    }

    private void CheckValue(IConfigurationSection section, Type type, List<string> unknown)
    {
        if (FleetSection.IsNested(type)) Check(section, FleetSection.KeysOf(type), unknown);
        else if (type.IsValueType || type == typeof(string))
            unknown.AddRange(section.GetChildren().Select(child => $"There is no configuration key {child.Path}: {section.Path} is a single value."));
    }

    private string Describe(IConfigurationSection section, IConfigurationSection child, IReadOnlyDictionary<string, Type> keys)
    {
        var siblings = _sections.Select(known => known.Path).Concat(OfOthers)
            .Where(path => Same(ConfigurationPath.GetParentPath(path), section.Path))
            .Select(path => ConfigurationPath.GetSectionKey(path)!);
        var near = NearestName.Of(child.Key, keys.Keys.Concat(siblings).Distinct(StringComparer.OrdinalIgnoreCase));
        return near.Count == 0
            ? $"There is no configuration key {child.Path}."
            : $"There is no configuration key {child.Path}. Did you mean {string.Join(" or ", near.Select(key => $"{section.Path}:{key}"))}?";
    }

    private static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);
}
