using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Workers.Kubernetes;

/// <summary>
/// Tells Kubernetes what the deletion of this worker's pod would cost: the number of runs that it executes. Of several pods the
/// cheapest are deleted first, so that scaling in ends idle workers. Where it cannot be told, nothing but that advantage is lost.
/// </summary>
internal sealed partial class PodDeletionCost(
    FleetWorker worker, IOptions<DeletionCostOptions> options, TimeProvider time, ILogger<PodDeletionCost> logger) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly DeletionCostOptions _options = options.Value;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(_options.Interval, time);
        // A pod of which nothing is known costs nothing.
        var told = 0;
        var failing = false;
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var cost = worker.Busy;
                if (cost == told) continue;
                try
                {
                    await TellAsync(cost, stoppingToken);
                    (told, failing) = (cost, false);
                }
                catch (Exception e) when (IsNoFaultOfOurs(e) && !stoppingToken.IsCancellationRequested)
                {
                    // Once is enough to be told of what will be so until somebody mends it.
                    if (!failing) LogNotTold(e.Message);
                    failing = true;
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The worker ends.
        }
    }

    private static bool IsNoFaultOfOurs(Exception e) =>
        e is HttpRequestException or OperationCanceledException or IOException or UnauthorizedAccessException or CryptographicException;

    /// <summary>Patches the pod's annotation. Token and certificates are read each time, because Kubernetes renews them.</summary>
    private async Task TellAsync(int cost, CancellationToken cancellation)
    {
        var pod = _options.Pod.Length > 0 ? _options.Pod : Environment.MachineName;
        var place = (await ReadAsync("namespace", cancellation)).Trim();
        using var http = Connect();
        using var request = new HttpRequestMessage(HttpMethod.Patch, new Uri(_options.ApiAddress!, $"api/v1/namespaces/{place}/pods/{pod}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", (await ReadAsync("token", cancellation)).Trim());
        request.Content = new StringContent(
            $$$$"""{"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"{{{{cost}}}}"}}}""", Encoding.UTF8, "application/merge-patch+json");
        using var answer = await http.SendAsync(request, cancellation);
        if (!answer.IsSuccessStatusCode) throw new HttpRequestException($"Kubernetes answers {(int)answer.StatusCode} to PATCH {request.RequestUri!.AbsolutePath}.");
    }

    private Task<string> ReadAsync(string file, CancellationToken cancellation) => File.ReadAllTextAsync(Path.Combine(_options.Account, file), cancellation);

    /// <summary>The cluster's API has a certificate of the cluster's own authority, and of no other.</summary>
    private HttpClient Connect()
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.ImportFromPemFile(Path.Combine(_options.Account, "ca.crt"));
        var handler = new SocketsHttpHandler { UseProxy = false };
        handler.SslOptions.CertificateChainPolicy = policy;
        return new HttpClient(handler) { Timeout = Patience };
    }

    [LoggerMessage(2701, LogLevel.Warning, "Kubernetes does not know what this pod's deletion would cost; scaling in may end a busy worker before an idle one: {Reason}")]
    private partial void LogNotTold(string reason);
}
