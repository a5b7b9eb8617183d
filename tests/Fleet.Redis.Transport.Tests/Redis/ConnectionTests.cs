using StackExchange.Redis;

namespace Fleet.Redis.Transport.Tests.Redis;

/// <summary>Connections of the client that begin and end, to servers that are the tests' own.</summary>
public sealed class ConnectionTests : IDisposable
{
    private readonly DirectoryInfo _files = Directory.CreateTempSubdirectory();

    [Fact]
    public async Task ServerKilledAndStartedAgain_TheClientReconnects()
    {
        var server = await RedisServer.StartAsync();
        var options = RedisFixture.Options($"127.0.0.1:{server.Port}");
        options.ReconnectRetryPolicy = new LinearRetry(50);
        options.HeartbeatInterval = TimeSpan.FromMilliseconds(100);
        await using var client = await ConnectionMultiplexer.ConnectAsync(options).Soon();
        var failed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var restored = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        // Of what type the failure is, is not asserted: the client tells of one until it is connected again, and that of its first
        // attempt to reconnect may come before that of the connection lost.
        client.ConnectionFailed += (_, _) => failed.TrySetResult();
        client.ConnectionRestored += (_, e) =>
        {
            if (e.ConnectionType == ConnectionType.Interactive) restored.TrySetResult();
        };
        var database = client.GetDatabase();
        await database.StringSetAsync("a", 1).Soon();

        await server.KillAsync();
        await failed.Task.Soon();
        await using var again = await server.RestartAsync();
        await restored.Task.Soon();

        await database.StringSetAsync("b", 2).Soon();
        Assert.Equal(2, (int)await database.StringGetAsync("b").Soon());
        Assert.False((await database.StringGetAsync("a").Soon()).HasValue);
        await server.DisposeAsync();
    }

    [Fact]
    public async Task NobodyListens_ConnectFails()
    {
        var server = await RedisServer.StartAsync();
        await server.DisposeAsync();
        var options = RedisFixture.Options($"127.0.0.1:{server.Port}");
        options.AbortOnConnectFail = true;
        options.ConnectRetry = 1;
        await Assert.ThrowsAsync<RedisConnectionException>(() => ConnectionMultiplexer.ConnectAsync(options).Soon());
    }

    [Fact]
    public async Task Tls_CommandsAndLargeValues_ArriveWhole()
    {
        using var certificate = SelfSigned.Create();
        var certificateFile = Path.Combine(_files.FullName, "certificate.pem");
        var keyFile = Path.Combine(_files.FullName, "key.pem");
        await File.WriteAllTextAsync(certificateFile, certificate.ExportCertificatePem());
        using (var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(certificate)!)
            await File.WriteAllTextAsync(keyFile, key.ExportPkcs8PrivateKeyPem());
        await using var server = await RedisServer.StartAsync(
            "--tls-port", "--port", "0", "--tls-cert-file", certificateFile, "--tls-key-file", keyFile,
            "--tls-ca-cert-file", certificateFile, "--tls-auth-clients", "no");
        var options = RedisFixture.Options($"127.0.0.1:{server.Port}");
        options.Ssl = true;
        options.SslHost = "localhost";
        var hash = certificate.GetCertHashString();
        options.CertificateValidation += (_, presented, _, _) => presented?.GetCertHashString() == hash;

        await using var client = await ConnectionMultiplexer.ConnectAsync(options).Soon();
        var database = client.GetDatabase();
        for (var i = 0; i < 50_000; i++) _ = database.StringIncrementAsync("counter", flags: CommandFlags.FireAndForget);
        Assert.Equal(50_001, await database.StringIncrementAsync("counter").Soon());
        var value = new byte[3 << 20];
        Bytes.Fill(value, 0);
        await database.StringSetAsync("large", value).Soon();
        Assert.Equal(value, (byte[]?)await database.StringGetAsync("large").Soon());
    }

    public void Dispose() => _files.Delete(recursive: true);
}
