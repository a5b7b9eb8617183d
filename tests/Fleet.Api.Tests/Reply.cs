using System.Text.Json;

namespace Fleet.Api.Tests;

/// <summary>An answer, read whole.</summary>
/// <param name="Status">Its status code.</param>
/// <param name="MediaType">Its media type.</param>
/// <param name="Headers">Its headers, those of the content too.</param>
/// <param name="Content">Its body.</param>
internal sealed record Reply(int Status, string? MediaType, IReadOnlyDictionary<string, string> Headers, string Content)
{
    public JsonElement Json { get; } = Content.StartsWith('{') ? JsonElement.Parse(Content) : default;

    public static async Task<Reply> ReadAsync(HttpResponseMessage response)
    {
        var headers = response.Headers.Concat(response.Content.Headers)
            .ToDictionary(header => header.Key, header => string.Join(", ", header.Value), StringComparer.OrdinalIgnoreCase);
        return new Reply((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, headers, await response.Content.ReadAsStringAsync());
    }

    public string Text(string property) => Json.GetProperty(property).GetString()!;

    public IReadOnlyList<JsonElement> Items => [.. Json.GetProperty("items").EnumerateArray()];

    public string? Next => Text("next");

    public Reply Expect(int status)
    {
        Assert.True(Status == status, $"Expected {status}, got {Status}: {Content}");
        if (status is >= 200 and < 300 and not 204) Assert.Equal("application/json", MediaType);
        return this;
    }

    /// <summary>Asserts that it is an error as the contract has it, and returns its detail.</summary>
    public string ExpectProblem(int status, string slug)
    {
        Expect(status);
        Assert.Equal("application/problem+json", MediaType);
        Assert.Equal($"urn:fleet:{slug}", Text("type"));
        Assert.Equal(status, Json.GetProperty("status").GetInt32());
        Assert.NotEmpty(Text("title"));
        Assert.NotEmpty(Text("detail"));
        Assert.DoesNotContain("   at ", Content, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", Content, StringComparison.Ordinal);
        return Text("detail");
    }

    /// <summary>Asserts that it is 422 <c>invalid-input</c> and names exactly these fields; returns the reasons by field.</summary>
    public IReadOnlyDictionary<string, string> ExpectFields(params string[] fields) => ExpectFieldsOf("invalid-input", fields);

    /// <summary>Asserts that it is 422 with this slug and names exactly these fields; returns the reasons by field.</summary>
    public IReadOnlyDictionary<string, string> ExpectFieldsOf(string slug, params string[] fields)
    {
        ExpectProblem(422, slug);
        var errors = Json.GetProperty("errors").EnumerateObject().ToDictionary(error => error.Name, error => string.Join("; ", error.Value.EnumerateArray()));
        Assert.Equal(fields.Order(StringComparer.Ordinal), errors.Keys.Order(StringComparer.Ordinal));
        return errors;
    }
}
