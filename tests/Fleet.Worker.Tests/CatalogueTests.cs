using System.Text.Json;
using Fleet.Worker.Files;
using Fleet.Worker.Http;
using Fleet.Worker.Processes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fleet.Worker.Tests;

public sealed class CatalogueTests
{
    [Fact]
    public async Task Process_ByDefault_IsOff()
    {
        await using var bench = new JobBench();
        Assert.Equal(["fail", "http", "noop", "sleep", "text.stats"], bench.Jobs.Keys.Order());
    }

    [Fact]
    public async Task Process_Enabled_IsThere()
    {
        await using var bench = new JobBench(("Process:Enabled", "true"));
        Assert.Contains("process", bench.Jobs.Keys);
        Assert.Equal(1, bench.Jobs["process"].Defaults.MaxAttempts);
    }

    [Fact]
    public async Task Http_Disabled_IsNotThere()
    {
        await using var bench = new JobBench(("Http:Enabled", "false"));
        Assert.DoesNotContain("http", bench.Jobs.Keys);
    }

    [Fact]
    public async Task Schemas_OfAllJobs_DescribeEveryInput()
    {
        await using var bench = new JobBench(("Process:Enabled", "true"));
        foreach (var job in bench.Jobs.Values)
        {
            Assert.Equal("default", job.Defaults.Queue);
            Assert.NotEmpty(job.Description!);
            if (job.Name == "noop") continue;
            Assert.Equal("object", job.InputSchema.GetProperty("type").GetString());
            Assert.False(job.InputSchema.GetProperty("additionalProperties").GetBoolean());
            foreach (var property in job.InputSchema.GetProperty("properties").EnumerateObject())
                Assert.True(property.Value.TryGetProperty("description", out _), $"{job.Name}: {property.Name} has no description: {property.Value}");
        }
    }

    [Theory]
    [InlineData("noop", "{}")]
    [InlineData("sleep", """
        {"seconds":{"type":"number","minimum":0,"maximum":86400},"steps":{"type":"integer","minimum":1,"maximum":1000,"default":10}}
        """, "seconds")]
    [InlineData("fail", """
        {"message":{"type":"string"},"times":{"type":["integer","null"],"minimum":0,"maximum":100,"default":null}}
        """, "message")]
    [InlineData("process", """
        {"file":{"type":"string"},"args":{"type":["array","null"],"items":{"type":"string"},"default":null},
         "stdin":{"type":["string","null"],"default":null},
         "env":{"type":["object","null"],"additionalProperties":{"type":"string"},"default":null},"workdir":{"type":["string","null"],"default":null}}
        """, "file")]
    [InlineData("http", """
        {"url":{"type":"string"},"method":{"enum":["GET","HEAD","POST","PUT","PATCH","DELETE","OPTIONS"],"default":"GET"},
         "headers":{"type":["object","null"],"additionalProperties":{"type":"string"},"default":null},"body":{"default":null},
         "expect":{"type":["array","null"],"items":{"type":"integer"},"default":null},"timeout":{"type":["number","string","null"],"default":null}}
        """, "url")]
    [InlineData("text.stats", """
        {"text":{"type":["string","null"],"default":null},"path":{"type":["string","null"],"default":null},
         "top":{"type":"integer","minimum":0,"maximum":1000,"default":10}}
        """)]
    public async Task Schema_OfJob_IsAsPromised(string job, string properties, params string[] required)
    {
        await using var bench = new JobBench(("Process:Enabled", "true"));
        var schema = bench.Jobs[job].InputSchema;
        var expected = JsonDocument.Parse(properties).RootElement;
        var actual = job == "noop" ? schema : schema.GetProperty("properties");
        Assert.Equal(expected.EnumerateObject().Select(p => p.Name).Order(), actual.EnumerateObject().Select(p => p.Name).Order());
        foreach (var property in expected.EnumerateObject())
        {
            var described = actual.GetProperty(property.Name).EnumerateObject().Where(p => p.Name != "description").ToDictionary(p => p.Name, p => p.Value);
            Assert.Equal(property.Value.EnumerateObject().Select(p => p.Name).Order(), described.Keys.Order());
            foreach (var keyword in property.Value.EnumerateObject())
                Assert.True(JsonElement.DeepEquals(keyword.Value, described[keyword.Name]), $"{property.Name}: {actual.GetProperty(property.Name)}");
        }

        var actualRequired = schema.TryGetProperty("required", out var names) ? names.EnumerateArray().Select(name => name.GetString()!) : [];
        Assert.Equal(required, actualRequired);
    }

    [Fact]
    public async Task Options_Defaults_AreAsDocumented()
    {
        await using var bench = new JobBench();
        var process = bench.Services.GetRequiredService<IOptions<ProcessOptions>>().Value;
        Assert.Equal((false, "", "", TimeSpan.FromSeconds(5)), (process.Enabled, process.AllowedFiles, process.WorkDirectory, process.KillAfter));
        var http = bench.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        Assert.Equal((true, "", true, TimeSpan.FromSeconds(100)), (http.Enabled, http.AllowedHosts, http.AllowPrivateAddresses, http.Timeout));
        Assert.Equal(".", bench.Services.GetRequiredService<IOptions<FilesOptions>>().Value.Root);
    }

    [Fact]
    public async Task Options_Configured_AreBound()
    {
        await using var bench = new JobBench(
            ("Process:Enabled", "true"), ("Process:AllowedFiles", "a,b"), ("Process:WorkDirectory", "/"), ("Process:KillAfter", "00:00:03"),
            ("Http:Enabled", "false"), ("Http:AllowedHosts", "c"), ("Http:AllowPrivateAddresses", "false"), ("Http:Timeout", "00:00:07"),
            ("Files:Root", "/tmp"));
        var process = bench.Services.GetRequiredService<IOptions<ProcessOptions>>().Value;
        Assert.Equal((true, "a,b", "/", TimeSpan.FromSeconds(3)), (process.Enabled, process.AllowedFiles, process.WorkDirectory, process.KillAfter));
        var http = bench.Services.GetRequiredService<IOptions<HttpOptions>>().Value;
        Assert.Equal((false, "c", false, TimeSpan.FromSeconds(7)), (http.Enabled, http.AllowedHosts, http.AllowPrivateAddresses, http.Timeout));
        Assert.Equal("/tmp", bench.Services.GetRequiredService<IOptions<FilesOptions>>().Value.Root);
    }

    [Theory]
    [InlineData("Process:WorkDirectory", "/nowhere/at/all")]
    [InlineData("Process:KillAfter", "00:00:10")] // As long as CancelGrace.
    [InlineData("Process:KillAfter", "-00:00:01")]
    [InlineData("Http:Timeout", "00:00:00")]
    [InlineData("Files:Root", "/nowhere/at/all")]
    [InlineData("Files:Root", "")]
    public async Task Options_OutOfRange_AreRefusedByName(string key, string value)
    {
        await using var bench = new JobBench(("Process:Enabled", "true"), (key, value));
        var refusal = Assert.Throws<OptionsValidationException>(() => bench.Services.GetRequiredService<IStartupValidator>().Validate());
        Assert.Contains(key.Split(':')[1], refusal.Message, StringComparison.Ordinal);
    }
}
