using System.Text.Json;
using Fleet.Testing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Api.Tests;

[Collection(SharedRedis.Name)]
public sealed class OpenApiTests(RedisServer redis) : IAsyncLifetime
{
    private ApiHost _api = null!;
    private JsonElement _document;

    public async Task InitializeAsync()
    {
        _api = await ApiHost.StartAsync(redis);
        _document = (await _api.GetAsync("/openapi/v1.json")).Expect(200).Json;
    }

    public async Task DisposeAsync() => await _api.DisposeAsync();

    [Fact]
    public void Document_DescribesEveryEndpoint()
    {
        var routes = _api.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>()
            .Where(endpoint => !endpoint.RoutePattern.RawText!.StartsWith("/openapi", StringComparison.Ordinal)
                && endpoint.Metadata.GetMetadata<IExcludeFromDescriptionMetadata>() is null)
            .SelectMany(endpoint => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()!.HttpMethods.Except(["HEAD"])
                .Select(method => $"{method} {endpoint.RoutePattern.RawText!.TrimEnd('/')}"));

        Assert.Equal(routes.Order(StringComparer.Ordinal), Operations().Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Document_EveryOperationHasAnIdOfItsOwn_ASummary_AndItsErrors()
    {
        var operations = Operations().Where(operation => operation.Name != "GET /v1/fault").ToList();

        Assert.Equal(operations.Count, operations.Select(operation => operation.Value.GetProperty("operationId").GetString()).Distinct().Count());
        Assert.All(operations, operation => Assert.NotEmpty(operation.Value.GetProperty("summary").GetString()!));
        Assert.All(operations.Where(operation => operation.Name.Contains("/v1/", StringComparison.Ordinal)), operation =>
        {
            var away = operation.Value.GetProperty("responses").GetProperty("503").GetProperty("content").GetProperty("application/problem+json");
            Assert.Equal("#/components/schemas/FleetProblem", away.GetProperty("schema").GetProperty("$ref").GetString());
        });
    }

    [Fact]
    public void Document_EveryReferenceLeadsSomewhere()
    {
        var references = References(_document).Distinct().ToList();

        Assert.Contains("#/components/schemas/Run", references);
        Assert.All(references, reference =>
        {
            var at = _document;
            foreach (var step in reference.Split('/').Skip(1)) Assert.True(at.TryGetProperty(step, out at), reference);
        });
    }

    [Fact]
    public void Document_PathParametersAreDescribed() => Assert.All(Operations(), operation =>
    {
        var inPath = operation.Name.Split('{').Skip(1).Select(part => part.Split('}')[0]);
        var described = operation.Value.TryGetProperty("parameters", out var parameters)
            ? parameters.EnumerateArray().Where(parameter => parameter.GetProperty("in").GetString() == "path").Select(parameter => parameter.GetProperty("name").GetString()!)
            : [];
        Assert.Equal(inPath, described);
    });

    [Theory]
    [InlineData("Run", "id", """{"$ref":"#/components/schemas/RunId"}""")]
    [InlineData("Run", "state", """{"$ref":"#/components/schemas/RunState"}""")]
    [InlineData("Run", "createdAt", """{"type":"string","format":"date-time"}""")]
    [InlineData("Run", "seq", """{"type":"integer","format":"int64"}""")]
    [InlineData("NewRun", "job", """{"type":"string"}""")]
    [InlineData("NewRun", "delay", """{"type":["null","number","string"]}""")]
    [InlineData("NewSchedule", "every", """{"type":["null","number","string"]}""")]
    [InlineData("Schedule", "next", """{"type":"array","items":{"type":"string","format":"date-time"}}""")]
    [InlineData("JobDefaults", "timeout", """{"type":["null","number","string"]}""")]
    [InlineData("BulkRequest", "action", """{"$ref":"#/components/schemas/BulkAction"}""")]
    [InlineData("BulkFilter", "ids", """{"type":["null","array"],"items":{"$ref":"#/components/schemas/RunId"}}""")]
    [InlineData("NewRunBatch", "runs", """{"type":"array","items":{"$ref":"#/components/schemas/NewRun"}}""")]
    public void Document_PropertiesHaveTheTypesOfTheWire(string type, string property, string expected)
    {
        var schema = Schema(type).GetProperty("properties").GetProperty(property).EnumerateObject()
            .Where(keyword => keyword.Name != "description").ToDictionary(keyword => keyword.Name, keyword => keyword.Value);

        Assert.True(JsonElement.DeepEquals(JsonElement.Parse(expected), JsonSerializer.SerializeToElement(schema)), JsonSerializer.Serialize(schema));
    }

    [Theory]
    [InlineData("RunState", "scheduled queued running succeeded failed cancelled expired skipped")]
    [InlineData("BulkAction", "retry cancel delete")]
    [InlineData("WorkerState", "connected draining")]
    [InlineData("Priority", "critical high normal low")]
    [InlineData("UniqueScope", "active queued")]
    [InlineData("Overlap", "allow skip queue-one cancel-previous")]
    [InlineData("Missed", "latest skip all")]
    [InlineData("EventType", "scheduled queued started progress log retrying released recovered succeeded failed cancelled expired skipped")]
    public void Document_EnumsAreTheNamesOfTheWire(string type, string names)
    {
        Assert.Equal("string", Schema(type).GetProperty("type").GetString());
        Assert.Equal(names.Split(' '), Schema(type).GetProperty("enum").EnumerateArray().Select(name => name.GetString()));
    }

    [Fact]
    public void Document_IdsMatchTheirPattern() => Assert.Matches(Schema("RunId").GetProperty("pattern").GetString()!, $"{RunId.New(1_800_000_000_000, 3)}");

    [Fact]
    public async Task Document_RequiresOfAnAnswerWhatItHas()
    {
        var run = (await _api.PostAsync("/v1/runs", """{"job":"test.job"}""")).Expect(201).Json.EnumerateObject().Select(property => property.Name);

        Assert.Equal(run.Order(StringComparer.Ordinal), Required("Run").Order(StringComparer.Ordinal));
        Assert.Equal(["job"], Required("NewRun"));
        Assert.Equal(["action", "filter"], Required("BulkRequest"));
        Assert.Equal(["job"], Required("NewSchedule"));
        Assert.DoesNotContain("errors", Required("FleetProblem"));
    }

    private JsonElement Schema(string type) => _document.GetProperty("components").GetProperty("schemas").GetProperty(type);

    private IEnumerable<string> Required(string type) => Schema(type).GetProperty("required").EnumerateArray().Select(name => name.GetString()!);

    private IEnumerable<(string Name, JsonElement Value)> Operations() =>
        from path in _document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name.ToUpperInvariant()} {path.Name}", operation.Value);

    private static IEnumerable<string> References(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => value.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => value.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
