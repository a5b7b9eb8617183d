using System.Reflection;

namespace Fleet.Bench.Processes;

/// <summary>Where what the measurements start is found.</summary>
internal static class BenchProgram
{
    /// <summary>The repository's folder.</summary>
    public static string Repository { get; } = Metadata("Repository");

    /// <summary>A service of this repository, built as this program was.</summary>
    public static string Service(string folder, string name) =>
        Path.Combine(Repository, "services", folder, "bin", Metadata("Configuration"), "net10.0", name + ".dll");

    private static string Metadata(string key) =>
        typeof(BenchProgram).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
