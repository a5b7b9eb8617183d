using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Fleet.Workers.Kubernetes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fleet.Workers.Tests;

/// <summary>What a worker tells Kubernetes, here an API server of the test's own, that its pod's deletion would cost.</summary>
public sealed class DeletionCostTests(RedisServer redis) : IClassFixture<RedisServer>, IAsyncLifetime
{
    private readonly DirectoryInfo _account = Directory.CreateTempSubdirectory("fleet-account-");
    private readonly Channel<Heard> _heard = Channel.CreateUnbounded<Heard>();
    private readonly Channel<bool> _hungUp = Channel.CreateUnbounded<bool>();
    private readonly Stage _stage = new();
    private readonly string _prefix = RedisServer.NewPrefix();
    private WebApplication _api = null!;
    private HttpStatusCode _answer = HttpStatusCode.OK;

    public async Task InitializeAsync()
    {
        using var certificate = Certificate();
        await File.WriteAllTextAsync(Path.Combine(_account.FullName, "ca.crt"), certificate.ExportCertificatePem());
        await File.WriteAllTextAsync(Path.Combine(_account.FullName, "token"), "the-token\n");
        await File.WriteAllTextAsync(Path.Combine(_account.FullName, "namespace"), "fleet");

        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        var served = X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Use(next => async connection =>
            {
                await next(connection);
                await _hungUp.Writer.WriteAsync(true);
            });
            listen.UseHttps(served);
        }));
        _api = builder.Build();
        _api.Run(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var request = context.Request;
            context.Response.StatusCode = (int)_answer;
            await _heard.Writer.WriteAsync(new Heard(
                $"{request.Method} {request.Path}", request.Headers.Authorization.ToString(), request.ContentType ?? "", await reader.ReadToEndAsync()));
        });
        await _api.StartAsync();
    }

    public async Task DisposeAsync()
    {
        await _api.DisposeAsync();
        _account.Delete(recursive: true);
    }

    [Fact]
    public async Task The_cost_is_the_number_of_runs_and_told_when_it_changes()
    {
        await using var worker = await StartAsync();
        var id = await worker.EnqueueAsync("wait");
        await _stage.Started(id).Soon();

        var heard = await HearAsync();
        Assert.Equal("PATCH /api/v1/namespaces/fleet/pods/worker-7", heard.Call);
        Assert.Equal("Bearer the-token", heard.Authorization);
        Assert.StartsWith("application/merge-patch+json", heard.MediaType, StringComparison.Ordinal);
        Assert.Equal("""{"metadata":{"annotations":{"controller.kubernetes.io/pod-deletion-cost":"1"}}}""", heard.Body);

        _stage.Open(id);
        Assert.Contains("\"0\"", (await HearAsync()).Body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_costs_the_worker_nothing_and_is_tried_again()
    {
        _answer = HttpStatusCode.Forbidden;
        await using var worker = await StartAsync();
        var id = await worker.EnqueueAsync("wait");
        await HearAsync();
        await HearAsync();

        _answer = HttpStatusCode.OK;
        Assert.Contains("\"1\"", (await HearAsync()).Body, StringComparison.Ordinal);
        _stage.Open(id);
        await worker.RunAsync(id, RunState.Succeeded);
    }

    [Fact]
    public async Task Nobody_but_the_clusters_own_authority_is_told()
    {
        using var other = Certificate();
        await File.WriteAllTextAsync(Path.Combine(_account.FullName, "ca.crt"), other.ExportCertificatePem());
        await using var worker = await StartAsync();
        var id = await worker.EnqueueAsync("wait");
        await _stage.Started(id).Soon();

        await _hungUp.Reader.ReadAsync().AsTask().Soon();
        await _hungUp.Reader.ReadAsync().AsTask().Soon();

        _stage.Open(id);
        await worker.RunAsync(id, RunState.Succeeded);
        Assert.False(_heard.Reader.TryRead(out _));
    }

    [Fact]
    public async Task It_is_off_unless_it_is_asked_for_and_refused_where_there_is_no_cluster()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() =>
            Worker.StartAsync(redis, _stage, RedisServer.NewPrefix(), null, ("Worker:DeletionCost:Enabled", true)));
        Assert.Contains("Kubernetes", refused.Message, StringComparison.Ordinal);
        Assert.False(new DeletionCostOptions().Enabled);
    }

    private Task<Worker> StartAsync() => Worker.StartAsync(redis, _stage, _prefix, null,
        ("Worker:DeletionCost:Enabled", true), ("Worker:DeletionCost:Interval", "00:00:01"), ("Worker:DeletionCost:Pod", "worker-7"),
        ("Worker:DeletionCost:Account", _account.FullName), ("Worker:DeletionCost:Api", _api.Urls.Single()));

    private async Task<Heard> HearAsync() => await _heard.Reader.ReadAsync().AsTask().Soon();

    /// <summary>A certificate of 127.0.0.1 that is its own authority.</summary>
    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=kubernetes", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, hasPathLengthConstraint: false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UnixEpoch.AddYears(50), DateTimeOffset.UnixEpoch.AddYears(120));
    }

    private sealed record Heard(string Call, string Authorization, string MediaType, string Body);
}
