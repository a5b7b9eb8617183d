using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Fleet.Workers;

namespace Fleet.Kubernetes.Tests;

/// <summary>Whatever the manifests name is there: in the code, in the repository, or among the manifests.</summary>
public sealed partial class ReferenceTests
{
    /// <summary>The kinds that are used, with the version of each that current clusters serve.</summary>
    private static readonly Dictionary<string, string> Versions = new()
    {
        ["Namespace"] = "v1", ["ServiceAccount"] = "v1", ["Service"] = "v1", ["ConfigMap"] = "v1", ["Secret"] = "v1",
        ["Deployment"] = "apps/v1", ["StatefulSet"] = "apps/v1", ["PodDisruptionBudget"] = "policy/v1",
        ["NetworkPolicy"] = "networking.k8s.io/v1", ["Ingress"] = "networking.k8s.io/v1",
        ["Role"] = "rbac.authorization.k8s.io/v1", ["RoleBinding"] = "rbac.authorization.k8s.io/v1",
        ["HorizontalPodAutoscaler"] = "autoscaling/v2", ["ScaledObject"] = "keda.sh/v1alpha1",
    };

    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory, MemberData(nameof(Overlays))]
    public async Task Objects_AreWellNamedOnceAndInTheNamespace(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.All(overlay.All, manifest =>
        {
            Assert.Equal(Versions[manifest.Kind], manifest.ApiVersion);
            Assert.Matches("^[a-z0-9]([-a-z0-9.]{0,61}[a-z0-9])?$", manifest.Name);
            Assert.Equal(manifest.Kind == "Namespace" ? null : "fleet", manifest.Namespace);
            Assert.Equal("fleet", (string?)manifest.At("metadata.labels")!["app.kubernetes.io/part-of"]);
        });
        Assert.Equal(overlay.All.Count, overlay.All.Select(manifest => $"{manifest}").Distinct().Count());
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Images_AreThoseThatTheDockerfilesMake_OfTheVersionThatIsBuilt(string name)
    {
        var version = XDocument.Load(Repository.PathOf("Directory.Build.props")).Descendants("Version").Single().Value;
        foreach (var deployment in (await Overlay.RenderAsync(name)).Deployments)
        {
            var image = Image().Match((string)deployment.Container["image"]!);
            Assert.True(File.Exists(Repository.PathOf("services", image.Groups["service"].Value, "Dockerfile")), $"{image}");
            Assert.Equal($"fleet-{image.Groups["service"].Value}", deployment.Name);
            Assert.Equal(name == "dev" ? "dev" : version, image.Groups["tag"].Value);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Ports_AreThoseThatTheImagesListenOn(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var deployment in overlay.Deployments)
        {
            var dockerfile = await File.ReadAllTextAsync(Repository.PathOf("services", (string)deployment.Container["name"]!, "Dockerfile"));
            var port = Assert.Single(Overlay.Items(deployment.Container["ports"]));
            Assert.Contains($"ASPNETCORE_HTTP_PORTS={(long)port["containerPort"]!} ", dockerfile, StringComparison.Ordinal);
        }

        foreach (var service in overlay.Of("Service"))
        {
            var workload = Assert.Single(overlay.Workloads, workload => ((JsonObject)service.At("spec.selector")!).All(pair => (string?)workload.PodLabels[pair.Key] == (string?)pair.Value));
            Assert.All(Overlay.Items(service.At("spec.ports")), port =>
                Assert.Contains(Overlay.Items(workload.Container["ports"]), own => (string?)own["name"] == (string?)port["targetPort"]));
            Assert.Null(service.At("spec.sessionAffinity"));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task ConfigurationKeys_AreKnownToTheServiceThatIsGivenThem(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var deployment in overlay.Deployments)
        {
            var keys = overlay.KeysOf(deployment);
            Assert.Contains("Fleet:Redis", keys.Keys);
            // What a pod is told by the cluster, and this process is not.
            if (keys.ContainsKey("Fleet:Worker:DeletionCost:Enabled")) keys["Fleet:Worker:DeletionCost:Api"] = "https://10.0.0.1";
            Services.Require((string)deployment.Container["name"]!, keys);

            var (files, environment) = overlay.ConfigurationOf(deployment);
            Assert.All(files.Keys, file => Assert.StartsWith("Fleet__", Path.GetFileName(file), StringComparison.Ordinal));
            Assert.All(environment.Keys, variable => Assert.True(variable.StartsWith("Fleet__", StringComparison.Ordinal) || variable == "DOTNET_EnableDiagnostics", variable));
        }
    }

    [Fact]
    public void ConfigurationKeys_ThatNobodyKnows_WouldBeFound() => Assert.Contains("Fleet:Worker:Slots",
        Assert.ThrowsAny<Exception>(() => Services.Require("worker", new Dictionary<string, string?> { ["Fleet:Worker:Slot"] = "3" })).Message, StringComparison.Ordinal);

    [Theory, MemberData(nameof(Overlays))]
    public async Task Secrets_AreFiles_AndStandInNoConfigMapAndNoEnvironment(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Equal(name == "dev" ? 1 : 0, overlay.Of("Secret").Count);
        Assert.DoesNotContain(overlay.Of("ConfigMap"), map => map.At("data")!.ToJsonString().Contains("password", StringComparison.OrdinalIgnoreCase));
        foreach (var workload in overlay.Workloads)
        {
            Assert.DoesNotContain(Overlay.Items(workload.Container["env"]), variable => Manifest.At(variable, "valueFrom.secretKeyRef") is not null);
            var secret = Assert.Single(Overlay.Items(workload.Pod!["volumes"]), volume => volume["secret"] is not null)["secret"]!;
            Assert.StartsWith("fleet-redis", (string)secret["secretName"]!, StringComparison.Ordinal);
            // Not for everybody in the container, and yet for the user of the group.
            Assert.Equal(288, (long)secret["defaultMode"]!);
            Assert.NotNull(workload.Pod!["securityContext"]!["fsGroup"]);
        }

        Assert.All(overlay.Deployments, deployment =>
            Assert.Equal("/etc/fleet/redis/Fleet__Redis", Assert.Single(overlay.ConfigurationOf(deployment).Files.Keys, file => file.EndsWith("Redis", StringComparison.Ordinal))));
    }

    [Fact]
    public async Task Keda_AsksForTheDemandOfTheQueuesThatTheWorkersServe()
    {
        var overlay = await Overlay.RenderAsync("prod");
        var worker = overlay.KeysOf(overlay.Single("Deployment", "fleet-worker"));
        var scaled = overlay.Single("ScaledObject", "fleet-worker");
        var trigger = Assert.Single(Overlay.Items(scaled.At("spec.triggers")));
        var asked = new Uri((string)trigger["metadata"]!["url"]!);

        Assert.Equal("metrics-api", (string?)trigger["type"]);
        Assert.Equal("fleet-api.fleet.svc", asked.Host);
        Assert.Equal($"/v1/queues/{worker[$"{WorkerOptions.Section}:Queues"]}/demand", asked.AbsolutePath);
        Assert.Contains("/v1/queues/{queue}/demand", Services.Routes("api"));
        var answer = JsonSerializer.SerializeToElement(new QueueDemand(1, 2, 3, 6), FleetJson.Options);
        Assert.Equal(6, answer.GetProperty((string)trigger["metadata"]!["valueLocation"]!).GetInt32());
        Assert.InRange(
            int.Parse((string)trigger["metadata"]!["targetValue"]!, CultureInfo.InvariantCulture), 1,
            int.Parse(worker[$"{WorkerOptions.Section}:Slots"]!, CultureInfo.InvariantCulture));
        Assert.Equal("0", (string?)trigger["metadata"]!["activationTargetValue"]);
        Assert.True((long)scaled.At("spec.fallback.replicas")! > 0);
        Assert.Equal("fleet-worker", scaled.Text("spec.scaleTargetRef.name"));
    }

    [Fact]
    public async Task Hpa_ScalesTheWorkersByTheirCpu()
    {
        var autoscaler = Assert.Single((await Overlay.RenderAsync("hpa")).Of("HorizontalPodAutoscaler"));

        Assert.Equal("fleet-worker", autoscaler.Text("spec.scaleTargetRef.name"));
        Assert.Equal("cpu", autoscaler.Text("spec.metrics.0.resource.name"));
        Assert.True((long)autoscaler.At("spec.minReplicas")! >= 1);
    }

    [Fact]
    public void EveryFileIsYaml_AndUsed()
    {
        var folders = Directory.GetFiles(Repository.PathOf("k8s"), "kustomization.yaml", SearchOption.AllDirectories).Select(file => Path.GetDirectoryName(file)!).ToList();
        var used = new HashSet<string>();
        foreach (var folder in folders)
        {
            var kustomization = Assert.Single(Manifest.Parse(File.ReadAllText(Path.Combine(folder, "kustomization.yaml"))));
            used.Add(Path.Combine(folder, "kustomization.yaml"));
            foreach (var key in new[] { "resources", "components" })
            {
                foreach (var entry in kustomization.Content[key] as JsonArray ?? []) used.Add(Path.GetFullPath((string)entry!, folder));
            }

            foreach (var generator in Overlay.Items(kustomization.Content["configMapGenerator"]))
            {
                foreach (var file in generator["files"] as JsonArray ?? []) used.Add(Path.GetFullPath((string)file!, folder));
            }
        }

        foreach (var file in Directory.GetFiles(Repository.PathOf("k8s"), "*", SearchOption.AllDirectories))
        {
            Assert.Contains(file, used);
            if (Path.GetExtension(file) == ".yaml") Assert.NotEmpty(Manifest.Parse(File.ReadAllText(file)));
        }

        Assert.All(used, path => Assert.True(File.Exists(path) || Directory.Exists(path), path));
        Assert.Equal(["dev", "hpa", "prod"], folders.Where(folder => folder.Contains("overlays", StringComparison.Ordinal)).Select(folder => Path.GetFileName(folder)!).Order());
    }

    [GeneratedRegex("^(registry[.]example[.]com/fleet/)?fleet-(?<service>[a-z]+):(?<tag>.+)$")]
    private static partial Regex Image();
}
