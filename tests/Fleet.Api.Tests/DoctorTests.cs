using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class DoctorTests(RedisServer redis)
{
    [Fact]
    public async Task Doctor_AnswersWithFindings()
    {
        await using var api = await ApiHost.StartAsync(redis);
        await api.CreateAsync("""{"job":"test.job"}""");

        var reply = (await api.GetAsync("/v1/doctor")).Expect(200);

        Assert.False(reply.Json.GetProperty("healthy").GetBoolean());
        var first = reply.Json.GetProperty("findings").EnumerateArray().First(finding => finding.GetProperty("code").GetString() == "no-workers");
        Assert.Equal(["code", "level", "text", "advice"], first.EnumerateObject().Select(property => property.Name));
        Assert.Equal("problem", first.GetProperty("level").GetString());
    }

    [Fact]
    public async Task Config_AnswersWithEveryOptionOfTheApi()
    {
        await using var api = await ApiHost.StartAsync(redis, ("Fleet:Lease", "00:00:20"));

        var settings = (await api.GetAsync("/v1/config")).Expect(200).Items.ToDictionary(setting => setting.GetProperty("key").GetString()!);

        Assert.Equal("00:00:20", settings["Fleet:Lease"].GetProperty("value").GetString());
        Assert.Equal("process", settings["Fleet:Lease"].GetProperty("source").GetString());
        Assert.Equal("00:05:00", settings["Fleet:Api:MaxWait"].GetProperty("value").GetString());
        Assert.All(settings.Values, setting => Assert.NotEqual("", setting.GetProperty("meaning").GetString()));
    }
}
