using System.Text.Json.Nodes;

namespace Fleet.Kubernetes.Tests;

/// <summary>What an overlay would make of a cluster, and how its objects hang together.</summary>
internal sealed class Overlay(IReadOnlyList<Manifest> manifests)
{
    /// <summary>The overlays there are.</summary>
    public static TheoryData<string> Names => ["dev", "hpa", "prod"];

    public IReadOnlyList<Manifest> All { get; } = manifests;

    public IReadOnlyList<Manifest> Workloads => [.. All.Where(manifest => manifest.Pod is not null)];

    /// <summary>The deployments of Fleet's services.</summary>
    public IReadOnlyList<Manifest> Deployments => Of("Deployment");

    public static async Task<Overlay> RenderAsync(string name) => new(await Kubectl.OverlayAsync(name));

    public IReadOnlyList<Manifest> Of(string kind) => [.. All.Where(manifest => manifest.Kind == kind)];

    public Manifest Single(string kind, string name) => Assert.Single(All, manifest => manifest.Kind == kind && manifest.Name == name);

    /// <summary>A service's configuration as its container sees it: the files that are mounted below /etc/fleet, by their path, and the environment.</summary>
    public (Dictionary<string, string> Files, Dictionary<string, string> Environment) ConfigurationOf(Manifest workload)
    {
        var files = new Dictionary<string, string>();
        foreach (var mount in Items(workload.Container["volumeMounts"]))
        {
            var path = (string)mount["mountPath"]!;
            if (!path.StartsWith("/etc/fleet/", StringComparison.Ordinal)) continue;
            var volume = Items(workload.Pod!["volumes"]).Single(volume => (string?)volume["name"] == (string?)mount["name"]);
            foreach (var (key, value) in Content(volume)) files[$"{path}/{key}"] = value;
        }

        var environment = Items(workload.Container["env"]).ToDictionary(variable => (string)variable["name"]!, variable => (string?)variable["value"] ?? "");
        return (files, environment);
    }

    /// <summary>The same as keys of the configuration.</summary>
    public Dictionary<string, string?> KeysOf(Manifest workload)
    {
        var (files, environment) = ConfigurationOf(workload);
        return files.Select(file => (Name: Path.GetFileName(file.Key), file.Value)).Concat(environment.Select(variable => (Name: variable.Key, variable.Value)))
            .Where(pair => pair.Name.StartsWith("Fleet__", StringComparison.Ordinal))
            .ToDictionary(pair => pair.Name.Replace("__", ":", StringComparison.Ordinal), pair => (string?)pair.Value);
    }

    public static IEnumerable<JsonObject> Items(JsonNode? list) => list is JsonArray array ? array.Select(item => (JsonObject)item!) : [];

    /// <summary>Whether labels are what a selector asks for.</summary>
    public static bool Selects(JsonNode? selector, JsonObject labels)
    {
        var equal = (selector?["matchLabels"] as JsonObject ?? []).All(pair => (string?)labels[pair.Key] == (string?)pair.Value);
        return equal && Items(selector?["matchExpressions"]).All(expression =>
        {
            Assert.Equal("In", (string?)expression["operator"]);
            return ((JsonArray)expression["values"]!).Any(value => (string?)value == (string?)labels[(string)expression["key"]!]);
        });
    }

    /// <summary>What is in a volume: of the secret that somebody makes by hand, the key that the docs tell them to.</summary>
    private IEnumerable<(string Key, string Value)> Content(JsonObject volume)
    {
        if (volume["configMap"] is { } map) return Chosen(map, Pairs(Single("ConfigMap", (string)map["name"]!).At("data")));
        var name = (string)volume["secret"]!["secretName"]!;
        return Chosen(volume["secret"]!, All.FirstOrDefault(manifest => manifest.Kind == "Secret" && manifest.Name == name) is { } secret
            ? Pairs(secret.At("data")).Select(pair => (pair.Key, System.Text.Encoding.UTF8.GetString(System.Convert.FromBase64String(pair.Value))))
            : [("Fleet__Redis", "redis.example.com:6380,ssl=true,password=secret")]);
    }

    /// <summary>Of what a volume holds only these keys are in it, where it says which.</summary>
    private static IEnumerable<(string Key, string Value)> Chosen(JsonNode volume, IEnumerable<(string Key, string Value)> content)
    {
        var items = Items(volume["items"]).ToDictionary(item => (string)item["key"]!, item => (string)item["path"]!);
        return items.Count == 0 ? content : content.Where(pair => items.ContainsKey(pair.Key)).Select(pair => (items[pair.Key], pair.Value));
    }

    private static IEnumerable<(string Key, string Value)> Pairs(JsonNode? data) =>
        ((JsonObject)data!).Select(pair => (pair.Key, pair.Value!.ToString()));
}
