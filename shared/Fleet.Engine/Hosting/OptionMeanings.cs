using System.Collections.Concurrent;
using System.Reflection;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Fleet.Engine.Hosting;

/// <summary>What options are for, as their documentation says: the file that the compiler writes beside each assembly.</summary>
internal static partial class OptionMeanings
{
    private static readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, string>> Files = new();

    /// <summary>A property's summary on one line; empty where the file is missing.</summary>
    public static string Of(PropertyInfo property) => Files.GetOrAdd(Path.ChangeExtension(property.DeclaringType!.Assembly.Location, ".xml"), Read)
        .GetValueOrDefault($"P:{property.DeclaringType.FullName}.{property.Name}", "");

    private static IReadOnlyDictionary<string, string> Read(string file)
    {
        try
        {
            return XDocument.Load(file, LoadOptions.PreserveWhitespace).Descendants("member")
                .Where(member => member.Element("summary") is not null)
                .ToDictionary(member => member.Attribute("name")!.Value, member => Spaces().Replace(Text(member.Element("summary")!), " ").Trim());
        }
        catch (Exception e) when (e is IOException or XmlException or UnauthorizedAccessException or ArgumentException)
        {
            return new Dictionary<string, string>();
        }
    }

    /// <summary>The text, with the name of what it refers to in place of a reference.</summary>
    private static string Text(XElement element) => string.Concat(element.Nodes().Select(node => node switch
    {
        XText text => text.Value,
        XElement { Name.LocalName: "see" } see => (see.Attribute("cref")?.Value ?? see.Attribute("langword")?.Value ?? "").Split('.')[^1],
        XElement inner => Text(inner),
        _ => "",
    }));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
