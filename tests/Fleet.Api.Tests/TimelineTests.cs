using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class TimelineTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Get_PageByPage_ShowsEveryEventOnceInOrder()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        var run = await _api.Driver.StartOneAsync();
        await _api.Driver.LogAsync(run, 1, 30);
        await _api.Driver.FinishAsync([run]);

        var seqs = new List<long>();
        var pages = 0;
        string? next = "0";
        for (; next is not null; pages++)
        {
            var page = (await _api.GetAsync($"/v1/runs/{id}/events?after={next}&limit=10")).Expect(200);
            seqs.AddRange(page.Items.Select(item => item.GetProperty("seq").GetInt64()));
            next = page.Next;
        }

        // queued, started, 30 lines, succeeded
        Assert.Equal(Enumerable.Range(1, 33).Select(seq => (long)seq), seqs);
        Assert.Equal(4, pages);
    }

    [Fact]
    public async Task Get_NothingSaid_ShowsTheWholeTimeline()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var page = (await _api.GetAsync($"/v1/runs/{id}/events")).Expect(200);

        Assert.Equal(["queued", "started", "succeeded"], page.Items.Select(item => item.GetProperty("type").GetString()));
        Assert.Null(page.Next);
        Assert.Equal(["seq", "type", "at", "attempt", "data"], page.Items[0].EnumerateObject().Select(property => property.Name));
        Assert.Equal("""{"output":{"ok":true}}""", page.Items[2].GetProperty("data").GetRawText());
    }

    [Fact]
    public async Task Get_CursorIsTheSameAsAfter()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");
        await _api.Driver.SucceedOneAsync();

        var after = (await _api.GetAsync($"/v1/runs/{id}/events?after=1&limit=1")).Expect(200);
        var cursor = (await _api.GetAsync($"/v1/runs/{id}/events?cursor=1&limit=1")).Expect(200);

        Assert.Equal("2", after.Next);
        Assert.Equal(after.Content, cursor.Content);
    }

    [Fact]
    public async Task Get_AfterTheNewest_IsAnEmptyPage()
    {
        var id = await _api.CreateAsync("""{"job":"test.job"}""");

        Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync($"/v1/runs/{id}/events?after=1")).Expect(200).Content);
        Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync($"/v1/runs/{id}/events?after=9999")).Expect(200).Content);
    }

    [Fact]
    public async Task Get_MoreLinesThanAreKept_SaysHowManyWereDropped()
    {
        await using var api = await ApiHost.StartAsync(redis, ("Fleet:Limits:LogEvents", "100"));
        var id = await api.CreateAsync("""{"job":"test.job"}""");
        var run = await api.Driver.StartOneAsync();
        for (var line = 1; line <= 900; line += 100) await api.Driver.LogAsync(run, line, 100);
        await api.Driver.FinishAsync([run]);

        var events = new List<JsonElement>();
        for (string? next = "0"; next is not null;)
        {
            var page = (await api.GetAsync($"/v1/runs/{id}/events?after={next}&limit=3")).Expect(200);
            events.AddRange(page.Items);
            next = page.Next;
        }

        Assert.Equal(["queued", "started", "log", "log"], events.Take(4).Select(e => e.GetProperty("type").GetString()));
        var note = events[2].GetProperty("data");
        var dropped = note.GetProperty("dropped").GetInt64();
        Assert.InRange(dropped, 600, 800);
        Assert.StartsWith($"{dropped} events were dropped here", note.GetProperty("line").GetString(), StringComparison.Ordinal);
        // Its number is that of the last one dropped, and nothing else is missing.
        Assert.Equal([1, 2, .. Enumerable.Range((int)dropped + 2, events.Count - 2)], events.Select(e => e.GetProperty("seq").GetInt32()));
        Assert.Equal(903, events[^1].GetProperty("seq").GetInt32());
        var kept = events[3].GetProperty("data").GetProperty("line").GetString();
        Assert.Equal($"line {dropped + 1}", kept);
    }

    [Theory]
    [InlineData("after=-1", "after")]
    [InlineData("after=x", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=1001", "limit")]
    [InlineData("cursor=x", "cursor")]
    public async Task Get_BadParameter_IsNamed(string query, string field) =>
        (await _api.GetAsync($"/v1/runs/{RunId.New(0, 0)}/events?{query}")).ExpectFields(field);
}
