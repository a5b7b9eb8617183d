using System.Globalization;
using System.Text.Json.Nodes;
using Fleet.Workers;

namespace Fleet.Kubernetes.Tests;

/// <summary>What every pod promises the cluster.</summary>
public sealed class WorkloadTests
{
    public static TheoryData<string> Overlays => Overlay.Names;

    [Theory, MemberData(nameof(Overlays))]
    public async Task Pods_MayDoNothingThatTheyNeedNot(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Equal(name == "dev" ? 4 : 3, overlay.Workloads.Count);
        foreach (var workload in overlay.Workloads)
        {
            var pod = workload.Pod!["securityContext"]!;
            Assert.True((bool)pod["runAsNonRoot"]!, $"{workload}");
            Assert.True((long)pod["runAsUser"]! > 0, $"{workload}");
            Assert.Equal("RuntimeDefault", (string?)pod["seccompProfile"]!["type"]);
            var container = workload.Container["securityContext"]!;
            Assert.False((bool)container["allowPrivilegeEscalation"]!, $"{workload}");
            Assert.True((bool)container["readOnlyRootFilesystem"]!, $"{workload}");
            Assert.Equal("ALL", (string?)Assert.Single((JsonArray)container["capabilities"]!["drop"]!));
            Assert.Null(container["privileged"]);
            Assert.All(["hostNetwork", "hostPID", "hostIPC"], key => Assert.Null(workload.Pod![key]));
            Assert.DoesNotContain(Overlay.Items(workload.Pod!["volumes"]), volume => volume["hostPath"] is not null);
            Assert.Equal("restricted", overlay.Single("Namespace", "fleet").At("metadata.labels")!["pod-security.kubernetes.io/enforce"]!.GetValue<string>());
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Pods_HaveResourcesAndAreSpread(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var workload in overlay.Workloads)
        {
            Assert.All(["requests.cpu", "requests.memory", "limits.memory"], path => Assert.NotNull(Manifest.At(workload.Container["resources"], path)));
            if (workload.Kind != "Deployment") continue;
            var spread = Overlay.Items(workload.Pod!["topologySpreadConstraints"]).ToList();
            Assert.Equal(["topology.kubernetes.io/zone", "kubernetes.io/hostname"], spread.Select(constraint => (string?)constraint["topologyKey"]));
            Assert.All(spread, constraint => Assert.True(Overlay.Selects(constraint["labelSelector"], workload.PodLabels)));
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Probes_AreApart_AndAskOnlyWhatTheServiceAnswers(string name)
    {
        foreach (var deployment in (await Overlay.RenderAsync(name)).Deployments)
        {
            var service = (string)deployment.Container["name"]!;
            var routes = Services.Routes(service);
            foreach (var (probe, path) in new[] { ("startupProbe", "/livez"), ("livenessProbe", "/livez"), ("readinessProbe", "/readyz") })
            {
                var asked = deployment.Container[probe]!["httpGet"]!;
                Assert.Equal(path, (string?)asked["path"]);
                Assert.Contains(path, routes);
                Assert.Contains(Overlay.Items(deployment.Container["ports"]), port => (string?)port["name"] == (string?)asked["port"]);
            }

            // A start that takes long is not taken for a standstill.
            Assert.True(Allows(deployment.Container["startupProbe"]!) >= 60, $"{deployment}");
        }

        static long Allows(JsonNode probe) => (long)probe["periodSeconds"]! * (long)probe["failureThreshold"]!;
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Grace_FitsTheDrainTimeAndWhatTheHostTakesAfterIt(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var deployment in overlay.Deployments)
        {
            var grace = (long)deployment.Pod!["terminationGracePeriodSeconds"]!;
            var sleep = (long?)Manifest.At(deployment.Container, "lifecycle.preStop.sleep.seconds") ?? 0;
            // FleetWorkerExtensions gives the worker's host ten seconds more than the drain; the default of hosts is 30.
            var host = deployment.Name == "fleet-worker"
                ? TimeSpan.Parse(overlay.KeysOf(deployment)[$"{WorkerOptions.Section}:DrainTimeout"]!, CultureInfo.InvariantCulture).TotalSeconds + 10
                : 30;
            Assert.True(grace >= sleep + host + 5, $"{deployment} has {grace} s for {sleep} s and {host} s");
            // Services that others connect to get time to be found no more.
            Assert.Equal(deployment.Name != "fleet-worker", sleep > 0);
        }
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task RollingUpdates_AndEvictions_LeaveEnoughPods(string name)
    {
        var overlay = await Overlay.RenderAsync(name);

        foreach (var deployment in overlay.Deployments)
        {
            Assert.Equal(0, (long)deployment.At("spec.strategy.rollingUpdate.maxUnavailable")!);
            var budget = Assert.Single(overlay.Of("PodDisruptionBudget"), budget => Overlay.Selects(budget.At("spec.selector"), deployment.PodLabels));
            Assert.Equal(1, (long)budget.At("spec.maxUnavailable")!);
        }
    }

    [Theory]
    [InlineData("dev", 1, 1, 2)]
    [InlineData("prod", 3, 3, null)]
    [InlineData("hpa", 3, 3, null)]
    public async Task Replicas_AreAsSaid_AndLeftToTheAutoscalerWhereThereIsOne(string name, int api, int notifier, int? worker)
    {
        var overlay = await Overlay.RenderAsync(name);

        Assert.Equal([api, notifier, worker], [.. new[] { "api", "notifier", "worker" }.Select(service => (int?)(long?)overlay.Single("Deployment", $"fleet-{service}").At("spec.replicas"))]);
        Assert.Equal(name == "dev" ? 1 : 0, overlay.Of("StatefulSet").Count);
        Assert.Equal(name == "prod" ? 1 : 0, overlay.Of("ScaledObject").Count);
        Assert.Equal(name == "hpa" ? 1 : 0, overlay.Of("HorizontalPodAutoscaler").Count);
    }

    [Theory, MemberData(nameof(Overlays))]
    public async Task Tokens_AreInNoPodButTheOneThatNeedsIt_WhichMayDoOneThing(string name)
    {
        var overlay = await Overlay.RenderAsync(name);
        var telling = name != "dev";

        Assert.All(overlay.Of("ServiceAccount"), account => Assert.False((bool)account.At("automountServiceAccountToken")!));
        foreach (var workload in overlay.Workloads)
        {
            Assert.Contains(overlay.Of("ServiceAccount"), account => account.Name == (string?)workload.Pod!["serviceAccountName"]);
            Assert.Equal(telling && workload.Name == "fleet-worker", (bool)workload.Pod!["automountServiceAccountToken"]!);
        }

        Assert.Empty(overlay.Of("ClusterRole"));
        Assert.Equal(telling ? 1 : 0, overlay.Of("Role").Count);
        if (!telling) return;
        Assert.Equal("""[{"apiGroups":[""],"resources":["pods"],"verbs":["patch"]}]""", overlay.Single("Role", "fleet-worker").At("rules")!.ToJsonString());
        var subject = Assert.Single(Overlay.Items(Assert.Single(overlay.Of("RoleBinding")).At("subjects")));
        Assert.Equal(("ServiceAccount", "fleet-worker", "fleet"), ((string?)subject["kind"], (string?)subject["name"], (string?)subject["namespace"]));
    }
}
