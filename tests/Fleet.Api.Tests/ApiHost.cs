using System.Text;
using Fleet.Engine.Catalogue;
using Fleet.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Fleet.Api.Tests;

/// <summary>The tests that share a Redis and the jobs of <see cref="Jobs"/>.</summary>
[CollectionDefinition(Name)]
public sealed class SharedRedis : ICollectionFixture<RedisServer>
{
    public const string Name = "redis";
}

/// <summary>The API on a port and a key prefix of its own, as a developer runs it: with the pages that show stack traces.</summary>
internal sealed class ApiHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ApiHost(WebApplication app)
    {
        _app = app;
        var address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        Client = new HttpClient { BaseAddress = new Uri(address), Timeout = Eventually.Patience };
    }

    public HttpClient Client { get; }

    public IServiceProvider Services => _app.Services;

    public FleetDriver Driver => new(Services);

    public static async Task<ApiHost> StartAsync(RedisServer redis, params (string Key, string Value)[] settings)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Development });
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["urls"] = "http://127.0.0.1:0",
            ["Fleet:Redis"] = redis.Address,
            ["Fleet:Prefix"] = RedisServer.NewPrefix(),
        });
        builder.Configuration.AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value)));
        builder.Logging.ClearProviders();
        builder.Services.AddFleetApi(builder.Configuration);
        var app = builder.Build();
        app.MapFleetApi();
        app.MapGet("/v1/fault", string () => throw new InvalidOperationException("secret words"));
        await app.StartAsync();
        await app.Services.GetRequiredService<JobCatalogue>().AnnounceAsync(Jobs.All);
        return new ApiHost(app);
    }

    public Task<Reply> GetAsync(string path) => SendAsync(HttpMethod.Get, path);

    public Task<Reply> PostAsync(string path, string? json = null, params (string Name, string Value)[] headers) =>
        SendAsync(HttpMethod.Post, path, json, "application/json", headers);

    public Task<Reply> PutAsync(string path, string json) => SendAsync(HttpMethod.Put, path, json, "application/json");

    public Task<Reply> DeleteAsync(string path) => SendAsync(HttpMethod.Delete, path);

    /// <summary>Has a run taken and returns its id.</summary>
    public async Task<string> CreateAsync(string json) => (await PostAsync("/v1/runs", json)).Expect(201).Text("id");

    public async Task<Reply> SendAsync(
        HttpMethod method, string path, string? body = null, string? mediaType = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, path);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            if (mediaType is not null) request.Content.Headers.TryAddWithoutValidation("Content-Type", mediaType);
        }

        foreach (var (name, value) in headers) request.Headers.Add(name, value);
        return await SendAsync(request);
    }

    public async Task<Reply> SendAsync(HttpRequestMessage request)
    {
        using var response = await Client.SendAsync(request);
        return await Reply.ReadAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }
}
