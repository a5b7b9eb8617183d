using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Fleet.Kubernetes.Tests;

/// <summary>Who may talk to whom: the arrows of the architecture, and no others.</summary>
public sealed partial class NetworkTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory, MemberData(nameof(Overlays))]
    public async Task Pods_MayReachRedisAndNothingElseInTheNamespace(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var arrows = from a in overlay.Workloads
                     from b in overlay.Workloads
                     where a != b && Allows(overlay, "egress", a, b) && Allows(overlay, "ingress", b, a)
                     select $"{a.Name} → {b.Name}";

        Assert.Equal(name == "dev" ? ["fleet-api → fleet-redis", "fleet-notifier → fleet-redis", "fleet-worker → fleet-redis"] : [], arrows.Order());
        var nothing = overlay.Single("NetworkPolicy", "fleet-nothing");
        Assert.Equal("""{"podSelector":{},"policyTypes":["Ingress","Egress"]}""", nothing.At("spec")!.ToJsonString());
    }

    [Theory]
    [InlineData("dev", "fleet-api ← ingress-nginx", "fleet-notifier ← ingress-nginx")]
    [InlineData("prod", "fleet-api ← ingress-nginx", "fleet-api ← keda", "fleet-api ← monitoring", "fleet-notifier ← ingress-nginx",
        "fleet-notifier ← monitoring", "fleet-worker ← monitoring")]
    [InlineData("hpa", "fleet-api ← ingress-nginx", "fleet-api ← monitoring", "fleet-notifier ← ingress-nginx",
        "fleet-notifier ← monitoring", "fleet-worker ← monitoring")]
    public async Task OtherNamespaces_MayReachWhatIsForThem(string name, params string[] expected)
    {
        var overlay = await Overlay.RenderAsync(name);
        var arrows = from workload in overlay.Workloads
                     from policy in overlay.Of("NetworkPolicy")
                     where Overlay.Selects(policy.At("spec.podSelector"), workload.PodLabels)
                     from rule in Overlay.Items(policy.At("spec.ingress"))
                     from peer in Overlay.Items(rule["from"])
                     where peer["namespaceSelector"] is not null
                     select $"{workload.Name} ← {peer["namespaceSelector"]!["matchLabels"]!["kubernetes.io/metadata.name"]}";

        Assert.Equal(expected, arrows.Order());
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Outside_CanBeReachedOnNamedPortsOnly(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var rules = overlay.Of("NetworkPolicy").SelectMany(policy => Overlay.Items(policy.At("spec.egress")).Concat(Overlay.Items(policy.At("spec.ingress")))
            .Select(rule => (policy, rule))).ToList();

        Assert.All(rules, each =>
        {
            Assert.NotEmpty((JsonArray)(each.rule["to"] ?? each.rule["from"])!);
            Assert.NotEmpty((JsonArray)each.rule["ports"]!);
        });
        var outside = rules.Where(each => Overlay.Items(each.rule["to"]).Any(peer => peer["ipBlock"] is not null)).Select(each => each.policy.Name).Order();
        Assert.Equal(name == "dev" ? ["fleet-worker-to-internet"] : ["fleet-to-redis", "fleet-worker-to-kubernetes"], outside);
        // Where a worker may not go out, it does not offer to.
        Assert.Equal(name == "dev" ? "true" : "false", overlay.KeysOf(overlay.Single("Deployment", "fleet-worker"))["Fleet:Worker:Http:Enabled"]);
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Ingress_LeadsEveryRouteToTheServiceThatHasIt(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var health = Services.Routes("worker");
        foreach (var service in new[] { "api", "notifier" })
        {
            foreach (var route in Services.Routes(service).Except(health))
            {
                var path = Parameter().Replace(route, "01K0AAAAAAAAAAAAAAAAAAAAAA");
                Assert.Equal($"fleet-{service}", BackendOf(overlay, path));
            }
        }

        // What SignalR's clients ask for first.
        Assert.Equal("fleet-notifier", BackendOf(overlay, "/hubs/runs/negotiate"));
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Ingress_KeepsLongConnections_WithoutStickySessions(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var live = overlay.Single("Ingress", "fleet-live");
        var annotations = (JsonObject)live.At("metadata.annotations")!;

        Assert.True(int.Parse((string)annotations["nginx.ingress.kubernetes.io/proxy-read-timeout"]!, provider: null) >= 3600);
        Assert.Equal("off", (string?)annotations["nginx.ingress.kubernetes.io/proxy-buffering"]);
        Assert.Equal("fleet-notifier", (string?)annotations["nginx.org/websocket-services"]);
        foreach (var ingress in overlay.Of("Ingress"))
        {
            Assert.DoesNotContain((JsonObject)ingress.At("metadata.annotations")!, pair => pair.Key.Contains("affinity", StringComparison.OrdinalIgnoreCase)
                || pair.Key.Contains("sticky", StringComparison.OrdinalIgnoreCase) || pair.Key.Contains("session", StringComparison.OrdinalIgnoreCase));
            Assert.Equal(name == "dev" ? null : "fleet-tls", (string?)ingress.At("spec.tls.0.secretName"));
            Assert.Equal(name == "dev" ? "fleet.localhost" : "fleet.example.com", ingress.Text("spec.rules.0.host"));
            if (name != "dev") Assert.Equal(ingress.Text("spec.rules.0.host"), ingress.Text("spec.tls.0.hosts.0"));
        }
    }

    private static bool Allows(Overlay overlay, string direction, Manifest of, Manifest other)
    {
        var policies = overlay.Of("NetworkPolicy").Where(policy => Overlay.Selects(policy.At("spec.podSelector"), of.PodLabels)
            && ((JsonArray)policy.At("spec.policyTypes")!).Any(type => string.Equals((string?)type, direction, StringComparison.OrdinalIgnoreCase))).ToList();
        // Whom no policy selects may do anything.
        return policies.Count == 0 || policies.SelectMany(policy => Overlay.Items(policy.At($"spec.{direction}")))
            .SelectMany(rule => Overlay.Items(rule[direction == "egress" ? "to" : "from"]))
            .Any(peer => peer["namespaceSelector"] is null && peer["podSelector"] is { } selector && Overlay.Selects(selector, other.PodLabels));
    }

    /// <summary>As ingress controllers do it: what is exact first, then the longest.</summary>
    private static string? BackendOf(Overlay overlay, string path) =>
        (from ingress in overlay.Of("Ingress")
         from rule in Overlay.Items(ingress.At("spec.rules.0.http.paths"))
         let wanted = (string)rule["path"]!
         let fits = (string?)rule["pathType"] switch
         {
             "Exact" => path == wanted,
             "Prefix" => path == wanted.TrimEnd('/') || path.StartsWith(wanted.TrimEnd('/') + "/", StringComparison.Ordinal),
             _ => Regex.IsMatch(path, $"^{wanted}$"),
         }
         where fits
         orderby (string?)rule["pathType"] == "Exact" descending, wanted.Length descending
         select (string?)Manifest.At(rule, "backend.service.name")).FirstOrDefault();

    [GeneratedRegex(@"\{[^}]+\}")]
    private static partial Regex Parameter();
}
