using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class ListTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Get_Nothing_IsAnEmptyPage() => Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync("/v1/runs")).Expect(200).Content);

    [Theory]
    [InlineData("", 60)]
    [InlineData("job=text.stats", 20)]
    [InlineData("queue=default", 40)]
    [InlineData("tag=third", 20)]
    [InlineData("state=queued", 42)]
    [InlineData("state=scheduled", 18)]
    [InlineData("state=queued&tag=third", 14)]
    [InlineData("job=nobody", 0)]
    public async Task Get_PageByPage_ShowsEveryMatchOnceNewestFirst(string filter, int expected)
    {
        await CreateSixtyAsync();

        var runs = new List<Reply>();
        var ids = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await _api.GetAsync($"/v1/runs?limit=4&{filter}{(cursor is null ? "" : $"&cursor={cursor}")}")).Expect(200);
            runs.Add(page);
            ids.AddRange(page.Items.Select(run => run.GetProperty("id").GetString()!));
            cursor = page.Next;
            Assert.True(runs.Count < 100, "The cursor goes round in circles.");
        } while (cursor is not null);

        Assert.Equal(expected, ids.Count);
        Assert.Equal(ids.OrderDescending(StringComparer.Ordinal).Distinct(), ids);
        if (expected > 0) Assert.True(runs.Count > 3);
    }

    [Fact]
    public async Task Get_FinalState_ShowsThose()
    {
        var first = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();
        var second = await _api.CreateAsync("""{"job":"test.job"}""");

        Assert.Equal([first], await IdsAsync("state=succeeded"));
        Assert.Equal([second], await IdsAsync("state=queued"));
        Assert.Empty(await IdsAsync("state=failed"));
        Assert.Equal([second, first], await IdsAsync(""));
    }

    [Fact]
    public async Task Get_SinceAndUntil_IncludeTheOneAndExcludeTheOther()
    {
        var before = await _api.CreateAsync("""{"job":"test.job"}""");
        var moment = (await _api.GetAsync($"/v1/runs/{before}")).Json.GetProperty("createdAt").GetDateTimeOffset();
        string after;
        // Ids of the same millisecond are on the same side of a moment.
        do after = await _api.CreateAsync("""{"job":"test.job"}""");
        while (RunId.Parse(after).UnixMilliseconds <= moment.ToUnixTimeMilliseconds() + 1);
        var between = Uri.EscapeDataString(DateTimeOffset.FromUnixTimeMilliseconds(RunId.Parse(after).UnixMilliseconds).ToString("yyyy-MM-dd'T'HH:mm:ss.fffzzz", System.Globalization.CultureInfo.InvariantCulture));

        Assert.Contains(after, await IdsAsync($"since={between}"));
        Assert.DoesNotContain(before, await IdsAsync($"since={between}"));
        Assert.Contains(before, await IdsAsync($"until={between}"));
        Assert.DoesNotContain(after, await IdsAsync($"until={between}"));
        Assert.Contains(after, await IdsAsync("since=2001-01-31"));
        Assert.Empty(await IdsAsync("until=2001-01-31T09:30:00Z"));
    }

    [Fact]
    public async Task Get_NoLimit_ShowsFifty()
    {
        await CreateSixtyAsync();

        Assert.Equal(50, (await _api.GetAsync("/v1/runs")).Expect(200).Items.Count);
        Assert.Equal(60, (await _api.GetAsync("/v1/runs?limit=200")).Expect(200).Items.Count);
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=many", "limit")]
    [InlineData("state=done", "state")]
    [InlineData("state=Queued", "state")]
    [InlineData("since=yesterday", "since")]
    [InlineData("until=7", "until")]
    [InlineData("cursor=xyz", "cursor")]
    public async Task Get_BadParameter_IsNamed(string query, string field) => (await _api.GetAsync($"/v1/runs?{query}")).ExpectFields(field);

    [Fact]
    public async Task Get_ManyBadParameters_AreAllNamed() =>
        (await _api.GetAsync("/v1/runs?limit=x&state=x&since=x&until=x&cursor=x")).ExpectFields("limit", "state", "since", "until", "cursor");

    private async Task<IReadOnlyList<string>> IdsAsync(string filter) =>
        [.. (await _api.GetAsync($"/v1/runs?limit=200&{filter}")).Expect(200).Items.Select(run => run.GetProperty("id").GetString()!)];

    /// <summary>Sixty runs: every third of another job, in another queue; every third tagged; every third for later, of all three kinds alike.</summary>
    private async Task CreateSixtyAsync()
    {
        var runs = Enumerable.Range(0, 60).Select(n =>
            $$"""
            {{(n % 3 == 0 ? """{"job":"text.stats","input":{"text":"x"}""" : """{"job":"test.job" """)}}
            {{(n % 3 == 1 ? ""","tags":["third","odd"]""" : "")}}
            {{(n / 3 % 3 == 2 ? ""","delay":3600""" : "")}}
            }
            """);
        var reply = (await _api.PostAsync("/v1/runs/batch", $$"""{"runs":[{{string.Join(',', runs)}}]}""")).Expect(201);
        Assert.Equal(60, reply.Json.GetProperty("ids").GetArrayLength());
    }
}
