using Fleet.Testing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Notifier.Tests;

public sealed class NotifierOptionsTests
{
    [Fact]
    public void Defaults_AreThoseDocumented() => Assert.Equivalent(
        new NotifierOptions
        {
            WatchesPerConnection = 200,
            CallsPerSecond = 50,
            MessageBytes = 65536,
            DrainTime = TimeSpan.FromSeconds(5),
            Heartbeat = TimeSpan.FromSeconds(15),
            ReconnectDelay = TimeSpan.FromSeconds(2),
            AllowedOrigins = [],
        },
        Read());

    [Fact]
    public void EveryOption_IsReadFromConfiguration()
    {
        var options = Read(
            ("WatchesPerConnection", "7"), ("CallsPerSecond", "11"), ("MessageBytes", "5000"), ("DrainTime", "00:00:03"), ("Heartbeat", "00:00:05"), ("ReconnectDelay", "00:00:09"),
            ("AllowedOrigins:0", "https://a.example"), ("AllowedOrigins:1", "http://b.example:8080"));
        Assert.Equal(7, options.WatchesPerConnection);
        Assert.Equal(11, options.CallsPerSecond);
        Assert.Equal(5000, options.MessageBytes);
        Assert.Equal(TimeSpan.FromSeconds(3), options.DrainTime);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Heartbeat);
        Assert.Equal(TimeSpan.FromSeconds(9), options.ReconnectDelay);
        Assert.Equal(["https://a.example", "http://b.example:8080"], options.AllowedOrigins);
        Assert.Equal(7, typeof(NotifierOptions).GetProperties().Length);
    }

    [Fact]
    public async Task AKeyThatThereIsNot_IsRefusedAtStartWithTheNearest()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => NotifierApp.StartAsync(new RedisServer(), ("Fleet:Notifier:Hartbeat", "00:00:05")));
        Assert.Contains("There is no configuration key Fleet:Notifier:Hartbeat. Did you mean Fleet:Notifier:Heartbeat?", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("WatchesPerConnection", "0")]
    [InlineData("CallsPerSecond", "0")]
    [InlineData("MessageBytes", "100")]
    [InlineData("DrainTime", "01:00:00")]
    [InlineData("Heartbeat", "00:01:00")]
    [InlineData("ReconnectDelay", "00:00:00")]
    [InlineData("AllowedOrigins:0", "pages.example")]
    [InlineData("AllowedOrigins:0", "https://pages.example/path")]
    public void AValueThatCannotBe_IsRefused(string key, string value) =>
        Assert.Contains(key.Split(':')[0], Assert.Throws<OptionsValidationException>(() => Read((key, value))).Message, StringComparison.Ordinal);

    private static NotifierOptions Read(params (string Key, string Value)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => new KeyValuePair<string, string?>($"Fleet:Notifier:{setting.Key}", setting.Value)))
            .Build();
        using var provider = new ServiceCollection().AddLogging().AddFleetNotifier(configuration).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<NotifierOptions>>().Value;
    }
}
