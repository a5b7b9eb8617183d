using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json;

namespace Fleet.Workers.Tests;

/// <summary>What a worker makes of a job class and its input type.</summary>
public sealed class JobDefinitionTests
{
    public enum Mood
    {
        VeryGood,
        Bad,
    }

    [Fact]
    public void The_schema_says_what_an_input_must_be()
    {
        var schema = InputSchema.Of(typeof(Everything));

        Assert.Equal(["name", "mood"], schema.GetProperty("required").EnumerateArray().Select(name => name.GetString()));
        Assert.Equal("""{"type":"string","description":"What it is called.","minLength":1,"maxLength":20}""", Of(schema, "name"));
        Assert.Equal("""{"enum":["veryGood","bad"]}""", Of(schema, "mood"));
        Assert.Equal("""{"type":"integer","default":3,"minimum":1,"maximum":10}""", Of(schema, "count"));
        Assert.Equal("""{"type":["string","null"],"default":null}""", Of(schema, "note"));
        Assert.Equal("""{"type":["array","null"],"items":{"type":"string"},"default":null}""", Of(schema, "words"));
        Assert.Equal("""{"type":["number","string","null"],"description":"A number of seconds, or \u0022hh:mm:ss\u0022."}""",
            Of(schema, "wait").Replace("\\\"", "\\u0022", StringComparison.Ordinal));
        Assert.Equal("boolean", schema.GetProperty("properties").GetProperty("inner").GetProperty("properties").GetProperty("on").GetProperty("type").GetString());
        Assert.False(schema.GetProperty("additionalProperties").GetBoolean());
    }

    [Theory]
    [InlineData("""{"name":"a","mood":"veryGood","wait":1.5,"words":["x"]}""", null)]
    [InlineData("""{"name":"a","mood":"bad","wait":"00:00:02"}""", null)]
    [InlineData("""{"mood":"bad"}""", "name")]
    [InlineData("""{"name":null,"mood":"bad"}""", "name")]
    [InlineData("""{"name":"a","mood":"sad"}""", "mood")]
    [InlineData("""{"name":"a","mood":1}""", "mood")]
    [InlineData("""{"name":"a","mood":"bad","nmae":1}""", "nmae")]
    [InlineData("""{"name":"a","mood":"bad","inner":{"of":true}}""", "of")]
    [InlineData("""{"name":"a","mood":"bad","wait":"soon"}""", "wait")]
    public void An_input_is_read_as_the_schema_says(string json, string? refusedFor)
    {
        if (refusedFor is null) Assert.Equal("a", JsonSerializer.Deserialize<Everything>(json, InputSchema.Json)!.Name);
        else Assert.Contains(refusedFor, Refused(Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<Everything>(json, InputSchema.Json))), StringComparison.Ordinal);
    }

    [Fact]
    public void A_class_that_is_no_job_or_two_or_cannot_be_made_is_refused()
    {
        Assert.Contains("0 times", Refusal<Stage>(), StringComparison.Ordinal);
        Assert.Contains("2 times", Refusal<TwoJobs>(), StringComparison.Ordinal);
        Assert.Contains("AbstractJob", Refusal<AbstractJob>(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Upper")]
    [InlineData("with space")]
    [InlineData("-first")]
    public void Names_that_will_not_do_are_refused(string name)
    {
        Assert.Throws<ArgumentException>(() => JobDefinition.Of<ScriptedJob>(name, new JobBuilder()));
        Assert.Throws<ArgumentException>(() => new JobBuilder().Queue(name));
    }

    [Fact]
    public void Defaults_that_will_not_do_are_refused()
    {
        var job = new JobBuilder();
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Attempts(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Attempts(101));
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Timeout(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Backoff(TimeSpan.FromSeconds(-1), TimeSpan.FromSeconds(1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Backoff(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1)));
        Assert.StartsWith("delays must hold", Assert.Throws<ArgumentException>(() => job.Backoff(Backoff.List())).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => job.Keep(TimeSpan.FromSeconds(9), TimeSpan.FromDays(1)));
    }

    private static string Refused(JsonException e) => $"{e.Path} {e.Message}";

    private static string Refusal<T>() where T : class =>
        Assert.Throws<ArgumentException>(() => JobDefinition.Of<T>("name", new JobBuilder())).Message;

    private static string Of(JsonElement schema, string property) => JsonSerializer.Serialize(schema.GetProperty("properties").GetProperty(property));

    internal sealed record Everything(
        [property: Description("What it is called."), StringLength(20, MinimumLength = 1)] string Name,
        Mood Mood,
        [property: Range(1, 10)] int Count = 3,
        string? Note = null,
        IReadOnlyList<string>? Words = null)
    {
        public TimeSpan? Wait { get; init; }

        public Inner Inner { get; init; } = new();
    }

    internal sealed record Inner
    {
        public bool On { get; init; }
    }

    private sealed class TwoJobs : IJob<int, int>, IJob<string, string>
    {
        public Task<int> RunAsync(int input, JobContext context, CancellationToken cancellation) => Task.FromResult(input);

        public Task<string> RunAsync(string input, JobContext context, CancellationToken cancellation) => Task.FromResult(input);
    }

    private abstract class AbstractJob : IJob<int, int>
    {
        public abstract Task<int> RunAsync(int input, JobContext context, CancellationToken cancellation);
    }
}
