using System.Net.Http.Headers;
using System.Net.Mime;
using System.Text.Json;
using Fleet.Faults.History;

namespace Fleet.Faults.Load;

/// <summary>Calls the APIs and takes down what came of every call.</summary>
internal sealed class ApiCaller(IReadOnlyList<(string Name, Uri Url)> apis, HistoryFolder history, TimeProvider time) : IDisposable
{
    /// <summary>How long to wait for an answer: longer than an API takes to say that Redis is away, shorter than most processes stay frozen.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(4);

    private readonly HttpClient _http = new(new SocketsHttpHandler { ConnectTimeout = TimeSpan.FromSeconds(2) }) { Timeout = Timeout.InfiniteTimeSpan };

    /// <summary>How many replicas there are.</summary>
    public int Replicas => apis.Count;

    /// <summary>Asks for new runs.</summary>
    public Task<Call> SubmitAsync(int api, Parcel parcel, CancellationToken cancellation) =>
        CallAsync(CallKind.Submit, api, HttpMethod.Post, parcel.Path, parcel.Content(), parcel.Request, null, parcel.Request.Batch ? ReadBatch : ReadRun, cancellation);

    /// <summary>Asks for a run's end.</summary>
    public Task<Call> CancelAsync(int api, RunId run, CancellationToken cancellation) =>
        CallAsync(CallKind.Cancel, api, HttpMethod.Post, $"v1/runs/{run}/cancel", null, null, run, ReadRun, cancellation);

    /// <summary>Asks for another life of a run.</summary>
    public Task<Call> RetryAsync(int api, RunId run, CancellationToken cancellation) =>
        CallAsync(CallKind.Retry, api, HttpMethod.Post, $"v1/runs/{run}/retry", null, null, run, ReadRun, cancellation);

    /// <summary>Reads a run.</summary>
    public Task<Call> ReadAsync(int api, RunId run, CancellationToken cancellation) =>
        CallAsync(CallKind.Read, api, HttpMethod.Get, $"v1/runs/{run}", null, null, run, ReadRun, cancellation);

    /// <summary>Makes a schedule, or says it again.</summary>
    public Task<Call> ScheduleAsync(int api, string name, byte[] body, CancellationToken cancellation) =>
        CallAsync(CallKind.Schedule, api, HttpMethod.Put, $"v1/schedules/{name}", Json(body), null, null, _ => [], cancellation);

    public void Dispose() => _http.Dispose();

    private async Task<Call> CallAsync(
        CallKind kind, int api, HttpMethod method, string path, HttpContent? content, Request? submitted, RunId? run,
        Func<JsonElement, IReadOnlyList<Told>> read, CancellationToken cancellation)
    {
        var at = time.GetUtcNow();
        var began = time.GetTimestamp();
        var status = 0;
        string? note;
        IReadOnlyList<Told> told = [];
        using var patience = new CancellationTokenSource(Patience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellation, patience.Token);
        try
        {
            using var request = new HttpRequestMessage(method, new Uri(apis[api].Url, path)) { Content = content };
            if (submitted is { Keyed: true }) request.Headers.Add("Idempotency-Key", submitted.Op);
            using var answer = await _http.SendAsync(request, HttpCompletionOption.ResponseContentRead, either.Token);
            var body = JsonElement.Parse(await answer.Content.ReadAsStringAsync(either.Token));
            note = answer.IsSuccessStatusCode ? null : body.ToString();
            if (answer.IsSuccessStatusCode) told = read(body);
            // Last: an answer that broke off is none.
            status = (int)answer.StatusCode;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or JsonException or OperationCanceledException)
        {
            note = e.Message;
        }

        var call = new Call(kind, at, time.GetElapsedTime(began).TotalMilliseconds, apis[api].Name, submitted?.Op, run, status, note, told);
        history.Calls.Write(call);
        return call;
    }

    private static ByteArrayContent Json(byte[] body) => new(body) { Headers = { ContentType = new MediaTypeHeaderValue(MediaTypeNames.Application.Json) } };

    private static List<Told> ReadRun(JsonElement body)
    {
        var run = body.Deserialize<Run>(FleetJson.Options)!;
        return [new Told(run.Id, run.State, run.Seq, run.Attempt)];
    }

    private static List<Told> ReadBatch(JsonElement body)
    {
        var result = body.Deserialize<BatchResult>(FleetJson.Options)!;
        return result.Rejected.Count == 0 ? [.. result.Ids.Select(id => new Told(id))] : throw new JsonException(
            $"The batch was not taken whole: {result.Rejected[0].Problem.Detail}");
    }
}
