using System.Globalization;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Fleet.Kubernetes.Tests;

/// <summary>One object of a cluster, as a manifest describes it.</summary>
internal sealed class Manifest(JsonObject content)
{
    public JsonObject Content { get; } = content;

    public string ApiVersion => Text("apiVersion");

    public string Kind => Text("kind");

    public string Name => Text("metadata.name");

    public string? Namespace => At("metadata.namespace")?.GetValue<string>();

    /// <summary>The pods that a workload makes; null where it makes none.</summary>
    public JsonObject? Pod => At("spec.template.spec") as JsonObject;

    public JsonObject PodLabels => (JsonObject)At("spec.template.metadata.labels")!;

    /// <summary>The one container of its pods.</summary>
    public JsonObject Container => (JsonObject)Assert.Single((JsonArray)Pod!["containers"]!)!;

    public static IReadOnlyList<Manifest> Parse(string yaml)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(yaml));
        return [.. stream.Documents.Select(document => new Manifest((JsonObject)Convert(document.RootNode)!))];
    }

    /// <summary>What stands at a place such as <c>spec.rules.0.host</c>; null where nothing does.</summary>
    public JsonNode? At(string path) => At(Content, path);

    public string Text(string path) => At(path)!.GetValue<string>();

    public static JsonNode? At(JsonNode? node, string path) => path.Split('.').Aggregate(node, (at, part) => at switch
    {
        JsonObject map => map[part],
        JsonArray list when int.Parse(part, CultureInfo.InvariantCulture) is var index && index < list.Count => list[index],
        _ => null,
    });

    public override string ToString() => $"{Kind} {Name}";

    /// <summary>Kubernetes refuses text where it wants a number, so what is quoted stays text.</summary>
    private static JsonNode? Convert(YamlNode node) => node switch
    {
        YamlMappingNode map => new JsonObject(map.Children.Select(pair => KeyValuePair.Create(((YamlScalarNode)pair.Key).Value!, Convert(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
        YamlScalarNode { Style: ScalarStyle.Plain } plain => Plain(plain.Value!),
        YamlScalarNode text => JsonValue.Create(text.Value),
        _ => throw new InvalidDataException($"There is a {node.NodeType} where none can be."),
    };

    private static JsonValue? Plain(string value) => value switch
    {
        "null" or "~" or "" => null,
        "true" or "false" => JsonValue.Create(value == "true"),
        _ when long.TryParse(value, CultureInfo.InvariantCulture, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(value),
    };
}
