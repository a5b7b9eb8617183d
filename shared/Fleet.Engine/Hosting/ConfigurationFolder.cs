using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.Configuration.KeyPerFile;
using Microsoft.Extensions.FileProviders;

namespace Fleet.Engine.Hosting;

/// <summary>
/// Configuration and secrets as files, as Kubernetes and Compose mount them: a file's name is a key with <c>__</c> for each colon
/// (<c>Fleet__Redis</c>), its content the value. The command line and the environment have the last word.
/// </summary>
internal static class ConfigurationFolder
{
    private const string Key = $"{FleetOptions.Section}:{nameof(FleetOptions.ConfigFolder)}";

    /// <summary>
    /// Adds the folder's files and those of the folders in it, so that several mounts can share it; of one key the later folder's counts.
    /// </summary>
    /// <exception cref="FleetException">The folder that was named is not there, or a file cannot be read.</exception>
    public static void Add(IConfigurationManager configuration)
    {
        var named = configuration[Key];
        var folder = Path.GetFullPath(named is { Length: > 0 } ? named : FleetOptions.UsualConfigFolder);
        if (Directory.Exists(folder)) Add(configuration, folder);
        // Whoever names a folder has put something into it.
        else if (named is { Length: > 0 }) throw new FleetException($"{Key} is '{named}', which is not a directory of this machine.");
    }

    private static void Add(IConfigurationManager configuration, string folder)
    {
        var sources = configuration.Sources;
        var place = sources.Index().LastOrDefault(source => source.Item is JsonConfigurationSource, (Index: -1, Item: null!)).Index + 1;
        try
        {
            // A mount of Kubernetes keeps its versions in folders whose names begin with a dot.
            var mounts = Directory.EnumerateDirectories(folder).Where(path => Path.GetFileName(path)[0] != '.').Order(StringComparer.Ordinal);
            foreach (var path in mounts.Prepend(folder).ToList())
                sources.Insert(place++, new KeyPerFileConfigurationSource { FileProvider = new PhysicalFileProvider(path) });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FleetException($"The configuration in {folder} ({Key}) cannot be read: {e.Message}", e);
        }
    }
}
