using System.Collections;
using System.Reflection;

namespace Fleet.Engine.Hosting;

/// <summary>A configuration section that this process reads, and the type it is read into.</summary>
/// <param name="Path">The section, such as <c>Fleet:Worker</c>.</param>
/// <param name="Options">The type whose properties are its keys.</param>
internal sealed record FleetSection(string Path, Type Options)
{
    /// <summary>Its keys, with what each is read into.</summary>
    public IReadOnlyDictionary<string, Type> Keys { get; } = KeysOf(Options);

    /// <summary>The keys of a type: its properties that can be set.</summary>
    public static IReadOnlyDictionary<string, Type> KeysOf(Type options) =>
        options.GetProperties(BindingFlags.Public | BindingFlags.Instance)
            .Where(property => property.CanWrite)
            .ToDictionary(property => property.Name, property => property.PropertyType, StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether a type's properties are keys of their own, one level deeper.</summary>
    public static bool IsNested(Type type) =>
        type.IsClass && type != typeof(string) && !typeof(IEnumerable).IsAssignableFrom(type)
        && type.Assembly.GetName().Name!.StartsWith("Fleet", StringComparison.Ordinal);
}
