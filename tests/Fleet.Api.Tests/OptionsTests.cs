using System.Text.Json;
using Fleet.Engine;
using Fleet.Workers;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Api.Tests;

/// <summary>What can be configured, what it is by itself, and what a wrong configuration says.</summary>
public sealed class OptionsTests
{
    [Fact]
    public void ApiOptions_NothingSaid_HasItsDefaults() => AssertSame(
        """{"defaultWait":"00:00:30","maxWait":"00:05:00","batchBytes":67108864,"redisTimeout":"00:00:01.5000000","console":null,"notifier":null}""",
        Read<ApiOptions>());

    [Fact]
    public void ApiOptions_EveryOption_IsBound() => AssertSame(
        """{"defaultWait":"00:00:05","maxWait":"00:00:07","batchBytes":2048,"redisTimeout":"00:00:03","console":"/srv/console","notifier":"https://live.example.com"}""",
        Read<ApiOptions>(
            ("Fleet:Api:DefaultWait", "00:00:05"), ("Fleet:Api:MaxWait", "00:00:07"), ("Fleet:Api:BatchBytes", "2048"), ("Fleet:Api:RedisTimeout", "00:00:03"),
            ("Fleet:Api:Console", "/srv/console"), ("Fleet:Api:Notifier", "https://live.example.com")));

    [Fact]
    public void FleetOptions_NothingSaid_HasItsDefaults() => AssertSame(
        """
        {"redis":"127.0.0.1:6379","configFolder":"/etc/fleet","prefix":"fleet","partitions":1,"lease":"00:00:15","durability":"redis","replicationTimeout":"00:00:02",
         "retention":{"succeeded":"7.00:00:00","others":"30.00:00:00"},
         "limits":{"payloadBytes":1048576,"outputBytes":1048576,"batchRuns":10000,"logEvents":100000,"feedBatches":1024}}
        """,
        Read<FleetOptions>());

    [Fact]
    public void FleetOptions_EveryOption_IsBound() => AssertSame(
        """
        {"redis":"elsewhere:1","configFolder":"/srv/fleet","prefix":"p","partitions":4,"lease":"00:00:30","durability":"replicated:2","replicationTimeout":"00:00:03",
         "retention":{"succeeded":"1.00:00:00","others":"2.00:00:00"},
         "limits":{"payloadBytes":1025,"outputBytes":1026,"batchRuns":5,"logEvents":101,"feedBatches":17}}
        """,
        Read<FleetOptions>(
            ("Fleet:Redis", "elsewhere:1"), ("Fleet:ConfigFolder", "/srv/fleet"), ("Fleet:Prefix", "p"), ("Fleet:Partitions", "4"), ("Fleet:Lease", "00:00:30"),
            ("Fleet:Durability", "replicated:2"), ("Fleet:ReplicationTimeout", "00:00:03"),
            ("Fleet:Retention:Succeeded", "1.00:00:00"), ("Fleet:Retention:Others", "2.00:00:00"),
            ("Fleet:Limits:PayloadBytes", "1025"), ("Fleet:Limits:OutputBytes", "1026"), ("Fleet:Limits:BatchRuns", "5"),
            ("Fleet:Limits:LogEvents", "101"), ("Fleet:Limits:FeedBatches", "17")));

    [Theory]
    [InlineData("Fleet:Lease", "00:00:00.5", "Fleet:Lease must be from 00:00:01 to 01:00:00. It is 00:00:00.5000000.")]
    [InlineData("Fleet:Limits:PayloadBytes", "12", "Fleet:Limits:PayloadBytes must be from 1024 to 67108864. It is 12.")]
    [InlineData("Fleet:Retention:Others", "00:00:01", "Fleet:Retention:Others must be from 00:00:10 to 3650.00:00:00. It is 00:00:01.")]
    [InlineData("Fleet:Prefix", "Not Good", "Fleet:Prefix must be lower-case letters, digits, '.', '_' or '-', at most 41. It is 'Not Good'.")]
    [InlineData("Fleet:Durability", "replicated", "Fleet:Durability must be 'redis', or 'replicated:N' with N from 1 to 100. It is 'replicated'.")]
    [InlineData("Fleet:Redis", "", "Fleet:Redis must be given.")]
    [InlineData("Fleet:Redsi", "x", "There is no configuration key Fleet:Redsi. Did you mean Fleet:Redis?")]
    [InlineData("Fleet:Limits:PayloadByte", "5", "There is no configuration key Fleet:Limits:PayloadByte. Did you mean Fleet:Limits:PayloadBytes?")]
    [InlineData("Fleet:Workr:Slots", "5", "There is no configuration key Fleet:Workr. Did you mean Fleet:Worker?")]
    [InlineData("Fleet:Qqqq", "5", "There is no configuration key Fleet:Qqqq.")]
    [InlineData("Fleet:Redis:Host", "x", "There is no configuration key Fleet:Redis:Host: Fleet:Redis is a single value.")]
    public void FleetOptions_Wrong_SaysWhichKeyAndWhy(string key, string value, string words) =>
        Assert.Contains(words, Assert.Throws<OptionsValidationException>(() => Read<FleetOptions>((key, value))).Failures);

    [Theory]
    [InlineData("Fleet:Api:MaxWaits", "There is no configuration key Fleet:Api:MaxWaits. Did you mean Fleet:Api:MaxWait?")]
    [InlineData("Fleet:api:timeout", "There is no configuration key Fleet:api:timeout. Did you mean Fleet:api:RedisTimeout?")]
    public void RegisteredSection_UnknownKey_IsRefused(string key, string words) =>
        Assert.Contains(words, Assert.Throws<OptionsValidationException>(() => Read<FleetOptions>((key, "1"))).Failures);

    [Theory]
    [InlineData("Fleet:Worker:Slots")]
    [InlineData("Fleet:Worker:Anything")]
    [InlineData("Fleet:Notifier:Anything")]
    [InlineData("Fleet:Standalone:Anything:Deeper")]
    [InlineData("fleet:api:maxwait")]
    [InlineData("Elsewhere:Anything")]
    public void SectionOfAnotherProcess_IsLetBe(string key) => Assert.NotNull(Read<FleetOptions>((key, "00:01:00")));

    [Fact]
    public void SectionOfAnotherService_InTheSameProcess_IsCheckedToo()
    {
        var configuration = Configuration(("Fleet:Worker:Slot", "5"));
        var services = new ServiceCollection().AddLogging().AddFleetApi(configuration);
        services.AddFleetWorker(configuration);
        using var provider = services.BuildServiceProvider();

        var refused = Assert.Throws<OptionsValidationException>(() => provider.GetRequiredService<IOptions<FleetOptions>>().Value);

        Assert.Equal(["There is no configuration key Fleet:Worker:Slot. Did you mean Fleet:Worker:Slots?"], refused.Failures);
    }

    [Fact]
    public void ManyFaults_AreToldTogether() => Assert.Equal(3, Assert.Throws<OptionsValidationException>(() =>
        Read<FleetOptions>(("Fleet:Lease", "00:00:00"), ("Fleet:Nothing", "1"), ("Fleet:Partitions", "0"))).Failures.Count());

    [Fact]
    public void ValueOfAnotherType_NamesKeyAndValue()
    {
        var refused = Assert.Throws<FleetException>(() => Read<FleetOptions>(("Fleet:Lease", "soon")));

        Assert.Contains("Fleet:Lease", refused.Message, StringComparison.Ordinal);
        Assert.Contains("soon", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void DefaultWaitOverMaxWait_IsRefused() =>
        Assert.Contains("Fleet:Api:DefaultWait must not be longer than Fleet:Api:MaxWait.",
            Assert.Throws<OptionsValidationException>(() => Read<ApiOptions>(("Fleet:Api:MaxWait", "00:00:10"))).Failures);

    private static IConfiguration Configuration(params (string Key, string Value)[] settings) =>
        new ConfigurationBuilder().AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();

    private static TOptions Read<TOptions>(params (string Key, string Value)[] settings) where TOptions : class
    {
        using var provider = new ServiceCollection().AddLogging().AddFleetApi(Configuration(settings)).BuildServiceProvider();
        return provider.GetRequiredService<IOptions<TOptions>>().Value;
    }

    /// <summary>Compares every property there is, so that a new one cannot be forgotten here.</summary>
    private static void AssertSame(string expected, object options) =>
        Assert.Equal(JsonElement.Parse(expected).ToString().ReplaceLineEndings("").Replace(" ", "", StringComparison.Ordinal),
            JsonSerializer.Serialize(options, FleetJson.Options));
}
