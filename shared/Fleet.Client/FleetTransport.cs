using System.Net.Http.Json;
using System.Net.Mime;
using System.Text.Json;

namespace Fleet.Client;

/// <summary>Sends requests and reads answers; an answer that is an error becomes a <see cref="FleetApiException"/>.</summary>
internal sealed class FleetTransport(HttpClient http)
{
    private const int MostTextShown = 200;

    // Whatever path the base has is kept, with or without a slash at its end.
    private readonly Uri _base = new((http.BaseAddress
        ?? throw new ArgumentException("Give the HttpClient a BaseAddress: the address of a Fleet API, such as http://127.0.0.1:8080.", nameof(http)))
        .GetLeftPart(UriPartial.Path).TrimEnd('/') + "/");

    public Uri Base => _base;

    public HttpRequestMessage Request(HttpMethod method, string path) => new(method, new Uri(_base, path));

    public static HttpContent Json<T>(T body) => JsonContent.Create(body, options: FleetJson.Options);

    /// <summary>Sends a request and reads what it answers.</summary>
    public async Task<T> SendAsync<T>(HttpMethod method, string path, HttpContent? content, CancellationToken cancellation)
    {
        using var request = Request(method, path);
        request.Content = content;
        using var response = await SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return await ReadAsync<T>(response, cancellation);
    }

    public Task<T> GetAsync<T>(string path, CancellationToken cancellation) => SendAsync<T>(HttpMethod.Get, path, null, cancellation);

    /// <summary>Sends a request; the answer is a success, and the caller's to dispose.</summary>
    public async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion, CancellationToken cancellation)
    {
        var response = await http.SendAsync(request, completion, cancellation);
        if (response.IsSuccessStatusCode) return response;
        using (response) throw new FleetApiException(await ReadProblemAsync(response, cancellation)) { RetryAfter = RetryAfter(response) };
    }

    public static async Task<T> ReadAsync<T>(HttpResponseMessage response, CancellationToken cancellation)
    {
        if (IsJson(response))
        {
            try
            {
                if (await response.Content.ReadFromJsonAsync<T>(FleetJson.Options, cancellation) is { } value) return value;
            }
            catch (JsonException e)
            {
                throw new FleetApiException(Unexpected(response, $"answered with JSON that is not what this call should bring: {e.Message}"));
            }
        }

        throw new FleetApiException(Unexpected(response, "answered with something else than Fleet's JSON. Is this the address of a Fleet API?"));
    }

    private static async Task<FleetProblem> ReadProblemAsync(HttpResponseMessage response, CancellationToken cancellation)
    {
        var text = await response.Content.ReadAsStringAsync(cancellation);
        if (IsJson(response))
        {
            try
            {
                if (JsonSerializer.Deserialize<FleetProblem>(text, FleetJson.Options) is { } problem) return problem;
            }
            catch (JsonException)
            {
                // Not Fleet's: a proxy in between, say. What it said is shown below.
            }
        }

        text = text.Trim();
        if (text.Length > MostTextShown) text = text[..MostTextShown] + "…";
        return Unexpected(response, text.Length == 0 ? "answered with an error that Fleet did not send." : $"answered with an error that Fleet did not send: {text}");
    }

    private static FleetProblem Unexpected(HttpResponseMessage response, string what) => new()
    {
        // RFC 9457: no more is known than the status code says.
        Type = "about:blank",
        Title = $"{(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd(),
        Status = (int)response.StatusCode,
        Detail = $"{response.RequestMessage?.RequestUri?.GetLeftPart(UriPartial.Path)} {what}",
    };

    private static bool IsJson(HttpResponseMessage response) => response.Content.Headers.ContentType?.MediaType
        is MediaTypeNames.Application.Json or MediaTypeNames.Application.ProblemJson;

    private static TimeSpan RetryAfter(HttpResponseMessage response) => response.Headers.RetryAfter?.Delta ?? TimeSpan.Zero;
}
