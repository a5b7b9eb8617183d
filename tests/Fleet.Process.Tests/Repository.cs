using System.Reflection;

namespace Fleet.Process.Tests;

/// <summary>The repository that these tests were built from, and the programs built with them.</summary>
internal static class Repository
{
    /// <summary>Its root.</summary>
    public static string Root { get; } = Metadata("Repository");

    /// <summary>A file or folder in it.</summary>
    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>The built program of a service.</summary>
    public static string Program(string service, string assembly) =>
        PathOf("services", service, "bin", Metadata("Configuration"), "net10.0", assembly + ".dll");

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
