using System.ComponentModel;
using System.Text.Json;
using System.Text.Json.Schema;
using Fleet.Api.Bodies;
using Fleet.Api.Schemas;

namespace Fleet.Api.Tests;

public sealed class SchemaCheckTests
{
    [Theory]
    [InlineData("true", "17")]
    [InlineData("{}", "null")]
    [InlineData("""{"type":"string"}""", "\"x\"")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"string","nullable":true}""", "null")]
    [InlineData("""{"type":"integer"}""", "-5")]
    [InlineData("""{"type":"number"}""", "-5.5e3")]
    [InlineData("""{"type":"boolean"}""", "false")]
    [InlineData("""{"type":"number","minimum":1,"maximum":2}""", "2")]
    [InlineData("""{"type":"string","minLength":1,"maxLength":2}""", "\"\uD83D\uDE00\uD83D\uDE00\"")]
    [InlineData("""{"type":"string","format":"date-time"}""", "\"whatever\"")]
    [InlineData("""{"enum":["a",1,null]}""", "1.0")]
    [InlineData("""{"const":{"a":[1]}}""", """{"a":[1]}""")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", "[1,2]")]
    [InlineData("""{"type":"object","properties":{"a":{"type":"string"}}}""", """{"b":1}""")]
    [InlineData("""{"type":"object","additionalProperties":{"type":"integer"}}""", """{"b":1}""")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"integer","minimum":5}]}""", "5")]
    [InlineData("""{"$ref":"#/properties/nowhere"}""", "1")]
    [InlineData("""{"$ref":"https://elsewhere/schema"}""", "1")]
    [InlineData("""{"type":7,"required":"x","enum":{},"properties":[],"minimum":"low","$ref":4,"anyOf":{}}""", "{}")]
    public void Check_Fits_FindsNothing(string schema, string value) => Assert.Empty(Check(schema, value));

    [Theory]
    [InlineData("false", "17", "input is not allowed here")]
    [InlineData("""{"type":"string"}""", "5", "input must be a string, not 5")]
    [InlineData("""{"type":["string","null"]}""", "{}", "input must be a string, not an object")]
    [InlineData("""{"type":"null"}""", "true", "input must be null, not true")]
    [InlineData("""{"type":"integer"}""", "1.5", "input must be a whole number, not 1.5")]
    [InlineData("""{"type":"integer"}""", "1e3", "input must be a whole number, not 1e3")]
    [InlineData("""{"type":["number","string"]}""", "null", "input must be a number or a string, not null")]
    [InlineData("""{"type":"number","minimum":1}""", "0.5", "input must be at least 1, not 0.5")]
    [InlineData("""{"type":"number","maximum":1.5}""", "2", "input must be at most 1.5, not 2")]
    [InlineData("""{"type":"string","minLength":1}""", "\"\"", "input must not be empty")]
    [InlineData("""{"type":"string","minLength":3}""", "\"ab\"", "input must have at least 3 characters; it has 2")]
    [InlineData("""{"type":"string","maxLength":1}""", "\"\uD83D\uDE00\uD83D\uDE00\"", "input must have at most 1 characters; it has 2")]
    [InlineData("""{"enum":["red","green"]}""", "\"gren\"", "input must be one of \"red\", \"green\". Did you mean 'green'?")]
    [InlineData("""{"enum":[1,2]}""", "3", "input must be one of 1, 2")]
    [InlineData("""{"type":"array","items":{"type":"integer"}}""", """[1,"2",3,null]""", "input[1] must be a whole number, not a string|input[3] must be a whole number, not null")]
    [InlineData("""{"required":["a","b"]}""", """{"b":1}""", "input.a is required")]
    [InlineData("""{"properties":{"a":{"properties":{"b":{"type":"string"}}}}}""", """{"a":{"b":1}}""", "input.a.b must be a string, not 1")]
    [InlineData("""{"properties":{"seconds":true},"additionalProperties":false}""", """{"sceonds":1}""", "input.sceonds is not a field of this input. Did you mean 'seconds'?")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"x":"y"}""", "input.x must be a whole number, not a string")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"object","required":["a"]}]}""", "{}", "input.a is required")]
    [InlineData("""{"anyOf":[{"type":"null"},{"type":"integer","minimum":5}]}""", "4", "input must be at least 5, not 4")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "[]", "input must be a whole number or a string, not an array")]
    [InlineData("""{"anyOf":[false,{"not":{}}],"type":"string"}""", "1", "input must be a string, not 1")]
    [InlineData("""{"$defs":{"a/b":{"type":"string"}},"properties":{"x":{"$ref":"#/$defs/a~1b"}}}""", """{"x":1}""", "input.x must be a string, not 1")]
    public void Check_DoesNotFit_SaysWhereAndWhy(string schema, string value, string faults) =>
        Assert.Equal(faults.Split('|'), Check(schema, value));

    [Fact]
    public void Check_SchemaThatHoldsItself_GoesAsDeepAsTheValue()
    {
        const string Schema = """{"type":"object","properties":{"value":{"type":"integer"},"next":{"anyOf":[{"type":"null"},{"$ref":"#"}]}},"additionalProperties":false}""";

        Assert.Empty(Check(Schema, """{"value":1,"next":{"value":2,"next":null}}"""));
        Assert.Equal(["input.next.next.value must be a whole number, not a string"], Check(Schema, """{"next":{"next":{"value":"3"}}}"""));
    }

    [Fact]
    public void Check_EndlesslyManyFaults_StopsAtABound()
    {
        var faults = Check("""{"items":{"type":"string"}}""", $"[{string.Join(',', Enumerable.Range(0, 100_000))}]");

        Assert.Equal(FieldErrors.Most, faults.Count);
    }

    /// <summary>What .NET's exporter makes of a type is what workers announce.</summary>
    [Theory]
    [InlineData("""{"name":"n","kind":"fast","parts":[{"weight":1.5}],"limits":{"a":1},"parent":{"name":"p","kind":"slow","parts":[],"limits":{}}}""", "")]
    [InlineData("""{"name":"n","kind":"fast","parts":[],"limits":{},"note":null,"parent":null,"when":"2026-01-31T09:30:00Z"}""", "")]
    [InlineData("""{"kind":"fsat","parts":[{"weight":"1"},null],"limits":{"a":1.5},"parent":{"name":3},"extra":1}""",
        "input.extra|input.kind|input.limits.a|input.name|input.parent.kind|input.parent.limits|input.parent.name|input.parent.parts|input.parts[0].weight|input.parts[1]")]
    public void Check_SchemaThatTheExporterMade_IsUnderstood(string value, string fields)
    {
        var options = new JsonSerializerOptions(FleetJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow, RespectRequiredConstructorParameters = true };
        options.Converters.Add(new System.Text.Json.Serialization.JsonStringEnumConverter(JsonNamingPolicy.CamelCase));
        var schema = options.GetJsonSchemaAsNode(typeof(Order), new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        var errors = new FieldErrors();

        SchemaCheck.Check(JsonElement.Parse(value), SchemaReader.Read(JsonSerializer.SerializeToElement(schema)), "input", errors);

        Assert.Equal(fields.Split('|', StringSplitOptions.RemoveEmptyEntries), errors.All.Keys.Order(StringComparer.Ordinal));
    }

    private static List<string> Check(string schema, string value)
    {
        var errors = new FieldErrors();
        SchemaCheck.Check(JsonElement.Parse(value), SchemaReader.Read(JsonElement.Parse(schema)), "input", errors);
        return [.. errors.All.SelectMany(error => error.Value.Select(reason => $"{error.Key} {reason}"))];
    }

    private enum Kind { Fast, Slow }

    private sealed record Order(
        string Name, Kind Kind, IReadOnlyList<Part> Parts, IReadOnlyDictionary<string, int> Limits,
        [property: Description("Free text.")] string? Note = null, Order? Parent = null, DateTime? When = null);

    private sealed record Part(double Weight);
}
