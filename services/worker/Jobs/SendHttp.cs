using System.ComponentModel;
using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fleet.Worker.Http;
using Fleet.Workers;
using Microsoft.Extensions.Options;

namespace Fleet.Worker.Jobs;

/// <summary>Sends one HTTP request.</summary>
internal sealed class SendHttp(HttpSender sender, IOptions<HttpOptions> options, TimeProvider time) : IJob<HttpInput, HttpOutput>
{
    public const string Name = "http";
    public const string Description =
        "Sends one HTTP request and returns status, headers and the first 64 KiB of the body. It fails when the status is not an " +
        "expected one: 5xx, 408, 429 and broken connections are retried, whatever the method; others are not. Up to five redirects are " +
        "followed, unless a 3xx is expected.";

    private const int LongestQuote = 300;

    public async Task<HttpOutput> RunAsync(HttpInput input, JobContext context, CancellationToken cancellation)
    {
        using var request = Request(input);
        var timeout = input.Timeout ?? options.Value.Timeout;
        if (timeout <= TimeSpan.Zero || timeout > TimeSpan.FromDays(1)) throw JobException.Permanent("timeout must be more than 0 and at most a day.");
        if (input.Expect?.FirstOrDefault(status => status is < 100 or > 599) is > 0 and var impossible)
            throw JobException.Permanent($"expect holds {impossible}, which is no HTTP status.");

        var began = time.GetTimestamp();
        using var timer = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellation);
        try
        {
            using var response = await sender.SendAsync(request, followRedirects: input.Expect?.Any(IsRedirect) != true, either.Token);
            var body = await ResponseText.ReadAsync(response.Content, either.Token);
            if (!IsExpected(response, input)) throw Unexpected(input, response, body);
            return new HttpOutput((int)response.StatusCode, Headers(response), body.Text, body.Truncated, (long)time.GetElapsedTime(began).TotalMilliseconds);
        }
        catch (OperationCanceledException e) when (timer.IsCancellationRequested && !cancellation.IsCancellationRequested)
        {
            throw new JobException($"{Title(input)} did not answer within {timeout.TotalSeconds} s.", e);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new JobException($"{Title(input)} failed: {e.Message}{(e.InnerException is { } inner ? $" {inner.Message}" : "")}", e);
        }
    }

    private static HttpRequestMessage Request(HttpInput input)
    {
        if (!Uri.TryCreate(input.Url, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https"))
            throw JobException.Permanent($"url must be an absolute http or https URL, but is '{input.Url}'.");
        if (url.UserInfo.Length > 0) throw JobException.Permanent("url holds a user name or password; send them as the header Authorization.");

        var request = new HttpRequestMessage(Method(input), url);
        request.Content = input.Body switch
        {
            null or { ValueKind: JsonValueKind.Null or JsonValueKind.Undefined } => null,
            { ValueKind: JsonValueKind.String } text => new StringContent(text.GetString()!),
            { } json => new StringContent(json.GetRawText(), Encoding.UTF8, "application/json"),
        };
        foreach (var (name, value) in input.Headers ?? [])
        {
            if (!TryAdd(request, name, value)) throw JobException.Permanent($"headers cannot hold '{name}' with the value given.");
        }

        return request;
    }

    private static bool TryAdd(HttpRequestMessage request, string name, string value)
    {
        if (value.AsSpan().ContainsAny('\r', '\n', '\0')) return false;
        if (request.Headers.TryAddWithoutValidation(name, value)) return true;
        if (request.Content is null) return name.StartsWith("Content-", StringComparison.OrdinalIgnoreCase);
        // What the content brought along is a default.
        if (name.Equals("Content-Type", StringComparison.OrdinalIgnoreCase)) request.Content.Headers.Remove(name);
        return request.Content.Headers.TryAddWithoutValidation(name, value);
    }

    private static bool IsExpected(HttpResponseMessage response, HttpInput input) =>
        input.Expect is { Count: > 0 } expected ? expected.Contains((int)response.StatusCode) : response.IsSuccessStatusCode;

    private static bool IsRedirect(int status) => status is >= 300 and < 400;

    private static JobException Unexpected(HttpInput input, HttpResponseMessage response, ResponseText body)
    {
        var quote = body.Text.Length > LongestQuote ? string.Concat(body.Text.AsSpan(0, LongestQuote), "…") : body.Text;
        var message = $"{Title(input)} answered {(int)response.StatusCode} {response.ReasonPhrase}{(quote.Length > 0 ? $": {quote}" : ".")}";
        var mayPass = (int)response.StatusCode >= 500
            || response.StatusCode is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests;
        return mayPass ? new JobException(message) : JobException.Permanent(message);
    }

    private static string Title(HttpInput input) => $"{Method(input)} {input.Url}";

    private static HttpMethod Method(HttpInput input) => HttpMethod.Parse(input.Method.ToString());

    private static Dictionary<string, string> Headers(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, values) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
#pragma warning disable CA1308 // Header names mean the same in either case; readers of JSON want one spelling.
            headers[name.ToLowerInvariant()] = values.ToString();
#pragma warning restore CA1308
        return headers;
    }
}

/// <summary>What <see cref="SendHttp"/> gets.</summary>
internal sealed record HttpInput(
    [Description("Where to send it: an absolute http or https URL.")] string Url,
    [Description("The method.")] HttpVerb Method = HttpVerb.Get,
    [Description("Headers to send.")] Dictionary<string, string>? Headers = null,
    [Description("What to send: a text as it is, any other JSON as application/json.")] JsonElement? Body = null,
    [Description("The status codes that count as success; absent for 200 to 299.")] IReadOnlyList<int>? Expect = null,
    [Description("How long it may take, in seconds or as \"hh:mm:ss\"; absent for the worker's default.")] TimeSpan? Timeout = null);

/// <summary>The methods that a request can have.</summary>
internal enum HttpVerb
{
    [JsonStringEnumMemberName("GET")] Get,
    [JsonStringEnumMemberName("HEAD")] Head,
    [JsonStringEnumMemberName("POST")] Post,
    [JsonStringEnumMemberName("PUT")] Put,
    [JsonStringEnumMemberName("PATCH")] Patch,
    [JsonStringEnumMemberName("DELETE")] Delete,
    [JsonStringEnumMemberName("OPTIONS")] Options,
}

/// <summary>What <see cref="SendHttp"/> returns.</summary>
/// <param name="Status">The status code.</param>
/// <param name="Headers">The answer's headers, names in lower case.</param>
/// <param name="Body">The beginning of the body, as text.</param>
/// <param name="Truncated">Whether the body went on after 64 KiB.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
internal sealed record HttpOutput(int Status, IReadOnlyDictionary<string, string> Headers, string Body, bool Truncated, long DurationMs);
