using System.Text.Json;
using Fleet.Testing;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class ScheduleTests(RedisServer redis) : IAsyncLifetime
{
    private const string Nightly = "/v1/schedules/nightly";

    private ApiHost _api = null!;

    public async Task InitializeAsync() => _api = await ApiHost.StartAsync(redis);

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public async Task Put_New_AnswersTheScheduleWithItsDefaultsAndNextTenTimes()
    {
        var reply = (await _api.PutAsync(Nightly, """{"cron":"30 2 * * *","zone":"Europe/Berlin","job":"text.stats","input":{"text":"hi"}}""")).Expect(201);

        Assert.Equal(Nightly, reply.Headers["Location"]);
        var next = reply.Json.GetProperty("next").EnumerateArray().Select(at => at.GetDateTimeOffset()).ToList();
        Assert.Equal(10, next.Count);
        Assert.All(next, at => Assert.InRange(at.TimeOfDay, new TimeSpan(0, 30, 0), new TimeSpan(1, 30, 0)));
        var rest = JsonSerializer.Serialize(reply.Json.EnumerateObject().Where(property => property.Name != "next").ToDictionary(property => property.Name, property => property.Value));
        Assert.Equal(
            """{"name":"nightly","cron":"30 2 * * *","every":null,"zone":"Europe/Berlin","job":"text.stats","input":{"text":"hi"},"queue":"text","priority":"high","maxAttempts":7,"backoff":null,"timeout":"00:02:00","tags":[],"meta":{},"overlap":"allow","missed":"latest","jitter":null,"start":null,"end":null,"paused":false,"last":null,"lastRun":null}""",
            rest);
        Assert.Equal(reply.Content, (await _api.GetAsync(Nightly)).Expect(200).Content);
    }

    [Fact]
    public async Task Put_WithEverything_IsReadBack()
    {
        const string Body = """
            {
              "name": "nightly", "every": 90, "zone": "America/New_York", "job": "test.job", "input": [1], "queue": "mail", "priority": "low", "maxAttempts": 2,
              "backoff": { "kind": "fixed", "delay": 3 }, "timeout": 5, "tags": ["a"], "meta": { "k": "v" }, "overlap": "queue-one", "missed": "all", "jitter": "00:00:10",
              "start": "2090-01-01T00:00:00Z", "end": "2090-01-01T00:03:00+00:00", "paused": true
            }
            """;
        var schedule = (await _api.PutAsync(Nightly, Body)).Expect(201).Json;

        Assert.Equal(
            """{"name":"nightly","cron":null,"every":"00:01:30","zone":"America/New_York","job":"test.job","input":[1],"queue":"mail","priority":"low","maxAttempts":2,"backoff":{"kind":"fixed","delay":"00:00:03","max":null,"delays":null},"timeout":"00:00:05","tags":["a"],"meta":{"k":"v"},"overlap":"queue-one","missed":"all","jitter":"00:00:10","start":"2090-01-01T00:00:00.000Z","end":"2090-01-01T00:03:00.000Z","paused":true,"last":null,"lastRun":null,"next":["2090-01-01T00:00:00.000Z","2090-01-01T00:01:30.000Z","2090-01-01T00:03:00.000Z"]}""",
            schedule.GetRawText());
    }

    [Fact]
    public async Task Put_WhatWasAnswered_IsTakenAgain()
    {
        var first = (await _api.PutAsync(Nightly, """{"cron":"@daily","job":"test.job"}""")).Expect(201);
        var again = (await _api.PutAsync(Nightly, first.Content)).Expect(200);
        Assert.Equal(first.Content, again.Content);
        Assert.False(again.Headers.ContainsKey("Location"));
    }

    [Fact]
    public async Task Put_ThatTicks_CreatesRunsWithTheirTime()
    {
        (await _api.PutAsync(Nightly, """{"every":1,"job":"test.job","input":{"n":1},"tags":["cron"]}""")).Expect(201);
        await Eventually.IsTrueAsync(async () => (await _api.GetAsync("/v1/runs?tag=cron")).Items.Count >= 2);

        var schedule = (await _api.GetAsync(Nightly)).Expect(200).Json;
        var runs = (await _api.GetAsync("/v1/runs?tag=cron")).Items;
        Assert.All(runs, run => Assert.Equal("nightly", run.GetProperty("schedule").GetString()));
        var times = runs.Select(run => run.GetProperty("meta").GetProperty("scheduledAt").GetDateTimeOffset()).ToList();
        Assert.Equal(times.Count, times.Distinct().Count());
        Assert.Contains(schedule.GetProperty("last").GetDateTimeOffset(), times);
        Assert.Contains(schedule.GetProperty("lastRun").GetString(), runs.Select(run => run.GetProperty("id").GetString()));
        Assert.All(schedule.GetProperty("next").EnumerateArray(), at => Assert.True(at.GetDateTimeOffset() > schedule.GetProperty("last").GetDateTimeOffset()));
    }

    [Theory]
    [InlineData("""{"cron":"30 2 * * *","zone":"Europe/Berlin"}""", 10)]
    [InlineData("""{"every":90}""", 10)]
    [InlineData("""{"every":60,"start":"2090-01-01T00:00:00Z","end":"2090-01-01T00:02:00Z"}""", 3)]
    public async Task Preview_TellsTheNextTimes_AndStoresNothing(string body, int times)
    {
        var next = (await _api.PostAsync("/v1/schedules/preview", body)).Expect(200).Json.GetProperty("next").EnumerateArray().Select(at => at.GetDateTimeOffset()).ToList();

        Assert.Equal(times, next.Count);
        Assert.Equal(next.Order(), next);
        Assert.Empty((await _api.GetAsync("/v1/schedules")).Items);
    }

    [Fact]
    public async Task Preview_OfWhatIsPutLater_TellsTheSameTimes()
    {
        const string Rule = "\"cron\":\"0 0 1 1 *\",\"zone\":\"America/New_York\"";
        var told = (await _api.PostAsync("/v1/schedules/preview", $"{{{Rule}}}")).Expect(200).Json.GetProperty("next").GetRawText();

        var put = (await _api.PutAsync(Nightly, $"{{{Rule},\"job\":\"test.job\"}}")).Expect(201).Json.GetProperty("next").GetRawText();

        Assert.Equal(told, put);
    }

    [Fact]
    public async Task Preview_Faulty_NamesEveryFault()
    {
        (await _api.PostAsync("/v1/schedules/preview", """{"cron":"61 * * * *","zone":"Nowhere/Else"}""")).ExpectFieldsOf("invalid-schedule", "cron", "zone");
        (await _api.PostAsync("/v1/schedules/preview", "{}")).ExpectFieldsOf("invalid-schedule", "cron");
        (await _api.PostAsync("/v1/schedules/preview", """{"crn":"* * * * *"}""")).ExpectFieldsOf("invalid-schedule", "cron", "crn");
        (await _api.PostAsync("/v1/schedules/preview", "[")).ExpectProblem(400, "invalid-json");
    }

    [Fact]
    public async Task List_IsSortedByName()
    {
        Assert.Equal("""{"items":[],"next":null}""", (await _api.GetAsync("/v1/schedules")).Expect(200).Content);
        foreach (var name in new[] { "b", "c", "a" }) (await _api.PutAsync($"/v1/schedules/{name}", """{"cron":"@daily","job":"test.job"}""")).Expect(201);

        var page = (await _api.GetAsync("/v1/schedules")).Expect(200);

        Assert.Equal(["a", "b", "c"], page.Items.Select(schedule => schedule.GetProperty("name").GetString()));
        Assert.Null(page.Next);
        Assert.All(page.Items, schedule => Assert.Equal(10, schedule.GetProperty("next").GetArrayLength()));
    }

    [Fact]
    public async Task Trigger_CreatesARunNow_ThatCountsAsNoTick()
    {
        var put = (await _api.PutAsync(Nightly, """{"cron":"@yearly","job":"text.stats","input":{"text":"hi"},"paused":true}""")).Expect(201);

        var reply = (await _api.PostAsync($"{Nightly}/trigger")).Expect(201);

        Assert.Equal($"/v1/runs/{reply.Text("id")}", reply.Headers["Location"]);
        Assert.Equal(("queued", "nightly", "text"), (reply.Text("state"), reply.Text("schedule"), reply.Text("queue")));
        Assert.Equal(reply.Content, (await _api.GetAsync(reply.Headers["Location"])).Expect(200).Content);
        Assert.Equal(put.Content, (await _api.GetAsync(Nightly)).Content);
    }

    [Fact]
    public async Task Runs_OfASchedule_AreListedAlone()
    {
        await _api.CreateAsync("""{"job":"test.job"}""");
        var own = new List<string>();
        foreach (var name in new[] { "nightly", "weekly" })
        {
            (await _api.PutAsync($"/v1/schedules/{name}", """{"cron":"@yearly","job":"test.job"}""")).Expect(201);
            own.Add((await _api.PostAsync($"/v1/schedules/{name}/trigger")).Expect(201).Text("id"));
        }

        Assert.Equal(own[0], Assert.Single((await _api.GetAsync("/v1/runs?schedule=nightly")).Expect(200).Items).GetProperty("id").GetString());
        Assert.Equal(own[1], Assert.Single((await _api.GetAsync("/v1/runs?schedule=weekly&job=test.job&state=queued")).Expect(200).Items).GetProperty("id").GetString());
        Assert.Empty((await _api.GetAsync("/v1/runs?schedule=yearly")).Expect(200).Items);
    }

    [Fact]
    public async Task PauseAndResume_AnswerTheSchedule()
    {
        (await _api.PutAsync(Nightly, """{"cron":"@yearly","job":"test.job"}""")).Expect(201);
        var paused = (await _api.PostAsync($"{Nightly}/pause")).Expect(200).Json;
        Assert.True(paused.GetProperty("paused").GetBoolean());
        Assert.Equal(10, paused.GetProperty("next").GetArrayLength());
        Assert.True((await _api.PutAsync(Nightly, """{"cron":"@daily","job":"test.job"}""")).Expect(200).Json.GetProperty("paused").GetBoolean());
        Assert.False((await _api.PostAsync($"{Nightly}/resume")).Expect(200).Json.GetProperty("paused").GetBoolean());
    }

    [Fact]
    public async Task Delete_ForgetsItAndNothingElse()
    {
        (await _api.PutAsync(Nightly, """{"cron":"@yearly","job":"test.job"}""")).Expect(201);
        var run = (await _api.PostAsync($"{Nightly}/trigger")).Expect(201).Text("id");
        Assert.Equal("", (await _api.DeleteAsync(Nightly)).Expect(204).Content);
        (await _api.DeleteAsync(Nightly)).ExpectProblem(404, "unknown-schedule");
        (await _api.GetAsync(Nightly)).ExpectProblem(404, "unknown-schedule");
        (await _api.GetAsync($"/v1/runs/{run}")).Expect(200);
    }

    [Fact]
    public async Task AnyCall_UnknownName_NamesTheNearest()
    {
        Assert.Contains("PUT one", (await _api.GetAsync(Nightly)).ExpectProblem(404, "unknown-schedule"), StringComparison.Ordinal);
        (await _api.PutAsync(Nightly, """{"cron":"@yearly","job":"test.job"}""")).Expect(201);
        foreach (var call in new[] { "trigger", "pause", "resume" })
            Assert.Contains("'nightly'", (await _api.PostAsync($"/v1/schedules/nihgtly/{call}")).ExpectProblem(404, "unknown-schedule"), StringComparison.Ordinal);
        Assert.Contains("'nightly'", (await _api.GetAsync("/v1/schedules/nightli")).ExpectProblem(404, "unknown-schedule"), StringComparison.Ordinal);
        Assert.Contains("lists", (await _api.DeleteAsync("/v1/schedules/Quite%20Different")).ExpectProblem(404, "unknown-schedule"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"cron":"0 25 * * *"}""", "cron", "has '25' as hour (the 2nd of 5 fields), which must be from 0 to 23")]
    [InlineData("""{"cron":"0 2 * *"}""", "cron", "must have 5 fields")]
    [InlineData("""{"cron":5}""", "cron", "must be a string")]
    [InlineData("""{"cron":"0 0 30 2 *"}""", "cron", "never comes")]
    [InlineData("{}", "cron", "is required, unless every is given")]
    [InlineData("""{"every":0.5}""", "every", "must be from 1 second")]
    [InlineData("""{"every":"soon"}""", "every", "must be a number of seconds")]
    [InlineData("""{"cron":"@daily","every":60}""", "every", "must not be given together with cron")]
    [InlineData("""{"cron":"@daily","zone":"Europe/Berln"}""", "zone", "'Europe/Berln' is none. Did you mean 'Europe/Berlin'")]
    [InlineData("""{"cron":"@daily","zone":"Berlin"}""", "zone", "Did you mean 'Europe/Berlin'")]
    [InlineData("""{"cron":"@daily","zone":"utc"}""", "zone", "'UTC'")]
    [InlineData("""{"cron":"@daily","zone":"posix/Europe/Berlin"}""", "zone", "must be an IANA time zone")]
    [InlineData("""{"cron":"@daily","zone":"../../etc/passwd"}""", "zone", "must be an IANA time zone")]
    [InlineData("""{"cron":"@daily","overlap":"sometimes"}""", "overlap", "must be one of allow, skip, queue-one, cancel-previous")]
    [InlineData("""{"cron":"@daily","missed":1}""", "missed", "must be one of latest, skip, all")]
    [InlineData("""{"cron":"@daily","jitter":-1}""", "jitter", "must be from 0 to 24 hours")]
    [InlineData("""{"cron":"@daily","start":"2026-01-02T00:00:00Z","end":"2026-01-01T00:00:00Z"}""", "end", "must not be before start")]
    [InlineData("""{"cron":"@daily","end":"tomorrow"}""", "end", "must be a timestamp")]
    [InlineData("""{"cron":"@daily","name":"other"}""", "name", "must be 'nightly' as in the address")]
    [InlineData("""{"cron":"@daily","delay":5}""", "delay", "is not a field of the request")]
    [InlineData("""{"cron":"@daily","overlp":"skip"}""", "overlp", "Did you mean 'overlap'")]
    [InlineData("""{"cron":"@daily","queue":"No Queue"}""", "queue", "must be lower-case letters")]
    [InlineData("""{"cron":"@daily","maxAttempts":0}""", "maxAttempts", "must be from 1 to 100")]
    [InlineData("""{"cron":"@daily","meta":{"scheduledAt":"x"}}""", "meta.scheduledAt", "choose another name")]
    [InlineData("""{"cron":"@daily","paused":"no"}""", "paused", "must be true or false")]
    public async Task Put_Invalid_SaysWhichFieldAndWhatToDo(string body, string field, string reason)
    {
        var withJob = body == "{}" ? """{"job":"test.job"}""" : $$"""{"job":"test.job",{{body[1..]}}""";
        var errors = (await _api.PutAsync(Nightly, withJob)).ExpectFieldsOf("invalid-schedule", field);
        Assert.Contains(reason, errors[field], StringComparison.Ordinal);
        (await _api.GetAsync(Nightly)).Expect(404);
    }

    [Fact]
    public async Task Put_WithSeveralFaults_NamesThemAll()
    {
        var errors = (await _api.PutAsync("/v1/schedules/Nightly", """{"cron":"99 * * * *","zone":"Mars","job":"text.stats","input":{"seconds":-1},"surplus":1}"""))
            .ExpectFieldsOf("invalid-schedule", "name", "cron", "zone", "input.text", "input.seconds", "surplus");
        Assert.Contains("lower-case", errors["name"], StringComparison.Ordinal);
        (await _api.PutAsync(Nightly, """{"cron":"@daily"}""")).ExpectFieldsOf("invalid-schedule", "job");
        (await _api.PutAsync(Nightly, "[]")).ExpectFieldsOf("invalid-schedule", "$");
    }

    [Fact]
    public async Task Put_UnknownJob_NamesTheNearest()
    {
        var detail = (await _api.PutAsync(Nightly, """{"cron":"@daily","job":"text.stat"}""")).ExpectProblem(422, "unknown-job");
        Assert.Contains("'text.stats'", detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Put_WhatIsNoJson_IsRefusedAsEverywhere()
    {
        (await _api.PutAsync(Nightly, "{")).ExpectProblem(400, "invalid-json");
        (await _api.SendAsync(HttpMethod.Put, Nightly, "cron: '@daily'", "application/yaml")).ExpectProblem(415, "unsupported-media-type");
        (await _api.PutAsync(Nightly, $$"""{"cron":"@daily","job":"test.job","input":"{{new string('x', 2_000_000)}}"}""")).ExpectProblem(413, "payload-too-large");
    }
}
