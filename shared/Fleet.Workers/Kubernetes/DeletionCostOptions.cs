using System.ComponentModel.DataAnnotations;

namespace Fleet.Workers.Kubernetes;

/// <summary>
/// Whether the worker tells Kubernetes what its pod's deletion would cost, from the configuration section <c>Fleet:Worker:DeletionCost</c>,
/// so that of several pods the idle ones are deleted first.
/// </summary>
internal sealed class DeletionCostOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker:DeletionCost";

    /// <summary>Whether it does. The pod needs a service account token, and the permission to patch pods.</summary>
    /// <value>Default: false.</value>
    public bool Enabled { get; set; }

    /// <summary>The pod's name; empty for the machine's, which is the same in a pod that does not share its node's network.</summary>
    /// <value>Default: empty.</value>
    public string Pod { get; set; } = "";

    /// <summary>How often it looks whether the cost has changed: each change is a write to the cluster's API.</summary>
    /// <value>Default: 15 seconds.</value>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(15);

    /// <summary>Where Kubernetes puts the service account's <c>token</c>, <c>ca.crt</c> and <c>namespace</c>.</summary>
    /// <value>Default: <c>/var/run/secrets/kubernetes.io/serviceaccount</c>.</value>
    [Required(AllowEmptyStrings = false)]
    public string Account { get; set; } = "/var/run/secrets/kubernetes.io/serviceaccount";

    /// <summary>The address of the cluster's API; empty for the one that Kubernetes tells every pod.</summary>
    /// <value>Default: empty.</value>
    public string Api { get; set; } = "";

    /// <summary>The address of the cluster's API; null outside a pod.</summary>
    internal Uri? ApiAddress => Uri.TryCreate(Api.Length > 0 ? Api : TellingEveryPod, UriKind.Absolute, out var address) ? address : null;

    /// <summary>An address of IP version 6 stands in brackets.</summary>
    private static string? TellingEveryPod => Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_HOST") is { Length: > 0 } host
        ? $"https://{(host.Contains(':', StringComparison.Ordinal) ? $"[{host}]" : host)}:{Environment.GetEnvironmentVariable("KUBERNETES_SERVICE_PORT")}"
        : null;
}
