using Fleet.Engine;
using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire.Tests;

public sealed class OptionsTests(RedisServer server) : PictureTests(server)
{
    [Fact]
    public void Every_default_is_as_it_is_told()
    {
        var options = new HangfireOptions();
        Assert.Equal(
            (false, null, null, TimeSpan.FromSeconds(0.5), 1000, false, TimeSpan.FromSeconds(10)),
            (options.Enabled, options.Redis, options.Prefix, options.Interval, options.Listed, options.ReadOnly, options.Lease));
    }

    [Fact]
    public void Every_option_is_read()
    {
        var options = Provider(new()
        {
            ["Fleet:Hangfire:Enabled"] = "true",
            ["Fleet:Hangfire:Redis"] = "other:6379",
            ["Fleet:Hangfire:Prefix"] = "{hangfire}:",
            ["Fleet:Hangfire:Interval"] = "00:00:01",
            ["Fleet:Hangfire:Listed"] = "50",
            ["Fleet:Hangfire:ReadOnly"] = "true",
            ["Fleet:Hangfire:Lease"] = "00:00:30",
        }).GetRequiredService<IOptions<HangfireOptions>>().Value;
        Assert.Equal(
            (true, "other:6379", "{hangfire}:", TimeSpan.FromSeconds(1), 50, true, TimeSpan.FromSeconds(30)),
            (options.Enabled, options.Redis, options.Prefix, options.Interval, options.Listed, options.ReadOnly, options.Lease));
    }

    [Theory]
    [InlineData("Prefix", "fleet:x:", "must not begin like the keys of Fleet itself")]
    [InlineData("Prefix", "a b", "printable characters")]
    [InlineData("Interval", "00:00:09", "must be at most half of")]
    [InlineData("Listed", "1", "Fleet:Hangfire:Listed must be from 20 to 100000")]
    [InlineData("Lease", "00:00:00", "Fleet:Hangfire:Lease must be from")]
    public void What_cannot_be_is_refused_with_its_key(string key, string value, string words)
    {
        var refused = Assert.Throws<OptionsValidationException>(() =>
            Provider(new() { [$"Fleet:Hangfire:{key}"] = value }).GetRequiredService<IOptions<HangfireOptions>>().Value);
        Assert.Contains(words, refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_key_that_nobody_reads_is_refused_with_the_nearest()
    {
        var refused = Assert.Throws<OptionsValidationException>(() =>
            Provider(new() { ["Fleet:Hangfire:Enable"] = "true" }).GetRequiredService<IOptions<FleetOptions>>().Value);
        Assert.Contains("Did you mean Fleet:Hangfire:Enabled?", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_it_is_off_nothing_of_it_runs()
    {
        var services = Services([]);
        Assert.DoesNotContain(services, service => service.ServiceType == typeof(Projector));
        Assert.Equal(Services(null).Count(service => service.ServiceType == typeof(IHostedService)), services.Count(service => service.ServiceType == typeof(IHostedService)));
    }

    [Fact]
    public async Task The_prefix_that_is_given_is_that_of_every_key()
    {
        var prefix = $"{{{RedisServer.NewPrefix()}}}:";
        var fleet = await StartAsync(new() { ["Fleet:Hangfire:Prefix"] = prefix });
        var id = await fleet.EnqueueAsync();
        await Eventually.IsTrueAsync(async () => await fleet.Redis.KeyExistsAsync($"{prefix}job:{id}"));
    }

    private static ServiceProvider Provider(Dictionary<string, string?> settings) => Services(settings).BuildServiceProvider();

    private static ServiceCollection Services(Dictionary<string, string?>? settings)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddFleetEngine(configuration);
        if (settings is not null) services.AddFleetHangfire(configuration);
        return services;
    }
}
