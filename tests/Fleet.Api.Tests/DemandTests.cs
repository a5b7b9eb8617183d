using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class DemandTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Demand_OfAQueue_OfSeveral_AndOfAll()
    {
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.StartOneAsync();
        await _api.CreateAsync("""{"job":"test.job","queue":"mail","delay":30}""");

        Assert.Equal("""{"waiting":1,"dueWithinMinute":0,"running":1,"demand":2}""", (await _api.GetAsync("/v1/queues/default/demand")).Expect(200).Content);
        Assert.Equal("""{"waiting":0,"dueWithinMinute":1,"running":0,"demand":1}""", (await _api.GetAsync("/v1/queues/mail/demand")).Expect(200).Content);
        const string All = """{"waiting":1,"dueWithinMinute":1,"running":1,"demand":3}""";
        Assert.Equal(All, (await _api.GetAsync("/v1/queues/mail,default/demand")).Expect(200).Content);
        Assert.Equal(All, (await _api.GetAsync("/v1/queues/*/demand")).Expect(200).Content);
    }

    [Fact]
    public async Task Demand_OfAQueueThatWasNeverUsed_IsNothing_SoThatAnAutoscalerMayAskBeforeItsFirstRun() =>
        Assert.Equal("""{"waiting":0,"dueWithinMinute":0,"running":0,"demand":0}""", (await _api.GetAsync("/v1/queues/later/demand")).Expect(200).Content);

    [Theory]
    [InlineData("NoName")]
    [InlineData("mail,NoName")]
    [InlineData("mail,")]
    public async Task Demand_OfWhatCannotBeAQueue_IsNotFound(string queues) =>
        Assert.Contains("lower-case", (await _api.GetAsync($"/v1/queues/{queues}/demand")).ExpectProblem(404, "unknown-queue"), StringComparison.Ordinal);
}
