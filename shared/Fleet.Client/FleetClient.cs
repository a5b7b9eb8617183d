using System.Runtime.CompilerServices;
using System.Text.Json;
using Fleet.Client.Live;

namespace Fleet.Client;

/// <summary>
/// Speaks to a Fleet API: submits runs, reads them, and watches them live. Safe to use from many threads; one for each
/// server is enough.
/// </summary>
/// <remarks>
/// Every call throws <see cref="FleetApiException"/> when Fleet answers with an error, and <see cref="HttpRequestException"/>
/// when it cannot be reached. Calls are sent once; only watching and waiting reconnect by themselves.
/// </remarks>
public sealed partial class FleetClient : IDisposable
{
    private readonly HttpClient? _own;
    private readonly FleetTransport _transport;
    private readonly FleetClientOptions _options;
    private readonly LiveLinks _live;

    /// <summary>Speaks to the API at <paramref name="address"/>, such as <c>http://127.0.0.1:8080</c>.</summary>
    public FleetClient(Uri address, FleetClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        // Connections are renewed now and then, so that a server that moved is found again.
        _own = new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5), ConnectTimeout = TimeSpan.FromSeconds(10) })
        {
            BaseAddress = address,
        };
        _transport = new FleetTransport(_own);
        _options = options ?? new FleetClientOptions();
        _live = new LiveLinks(_options.LiveAddress ?? Address, _options);
    }

    /// <summary>Speaks through a client of the caller's, whose <see cref="HttpClient.BaseAddress"/> is the API's address. It stays the caller's to dispose.</summary>
    /// <exception cref="ArgumentException">The client has no base address.</exception>
    public FleetClient(HttpClient http, FleetClientOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(http);
        _transport = new FleetTransport(http);
        _options = options ?? new FleetClientOptions();
        _live = new LiveLinks(_options.LiveAddress ?? Address, _options);
    }

    /// <summary>The address of the API.</summary>
    public Uri Address => _transport.Base;

    /// <summary>Has a run taken (contract: POST /v1/runs).</summary>
    /// <param name="run">What to run.</param>
    /// <param name="idempotencyKey">Submitting twice with the same key takes one run, so that an unanswered call can be repeated.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public async Task<Submission> SubmitAsync(NewRun run, string? idempotencyKey = null, CancellationToken cancellation = default)
    {
        using var request = _transport.Request(HttpMethod.Post, "v1/runs");
        request.Content = FleetTransport.Json(run);
        if (idempotencyKey is not null) request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var response = await _transport.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
        return new Submission(
            await FleetTransport.ReadAsync<Run>(response, cancellation),
            Deduplicated: response.Headers.TryGetValues("Fleet-Deduplicated", out var values) && values.Contains("true"));
    }

    /// <summary>Has many runs taken, at most 10,000 (contract: POST /v1/runs/batch).</summary>
    public Task<BatchResult> SubmitBatchAsync(IEnumerable<NewRun> runs, CancellationToken cancellation = default)
    {
        var batch = new NewRunBatch { Runs = [.. runs.Select(run => JsonSerializer.SerializeToElement(run, FleetJson.Options))] };
        return _transport.SendAsync<BatchResult>(HttpMethod.Post, "v1/runs/batch", FleetTransport.Json(batch), cancellation);
    }

    /// <summary>A run as it is now.</summary>
    public Task<Run> GetRunAsync(RunId id, CancellationToken cancellation = default) =>
        _transport.GetAsync<Run>($"v1/runs/{id}", cancellation);

    /// <summary>One page of runs, newest first.</summary>
    public Task<Page<Run>> ListRunsAsync(RunQuery? query = null, CancellationToken cancellation = default) =>
        _transport.GetAsync<Page<Run>>($"v1/runs{(query ?? new RunQuery()).ToQueryString()}", cancellation);

    /// <summary>All runs that a query lets through, newest first, read page by page as they are asked for.</summary>
    public async IAsyncEnumerable<Run> ListAllRunsAsync(RunQuery? query = null, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        var next = query ?? new RunQuery();
        while (true)
        {
            var page = await ListRunsAsync(next, cancellation);
            foreach (var run in page.Items) yield return run;
            if (page.Next is null) yield break;
            next = next with { Cursor = page.Next };
        }
    }

    /// <summary>One page of a run's timeline.</summary>
    /// <param name="id">The run.</param>
    /// <param name="after">The last event that is known already; 0 for none.</param>
    /// <param name="limit">How many to bring at most; absent means as many as the server likes.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public Task<Page<RunEvent>> EventsAsync(RunId id, long after = 0, int? limit = null, CancellationToken cancellation = default) =>
        _transport.GetAsync<Page<RunEvent>>($"v1/runs/{id}/events{new QueryString()
            .Add("after", after == 0 ? null : $"{after}")
            .Add("limit", limit is null ? null : $"{limit}")}", cancellation);

    /// <summary>A run's whole timeline as it is now, read page by page as it is asked for.</summary>
    public async IAsyncEnumerable<RunEvent> AllEventsAsync(RunId id, long after = 0, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        while (true)
        {
            var page = await EventsAsync(id, after, limit: null, cancellation);
            foreach (var item in page.Items) yield return item;
            if (page.Next is null || page.Items.Count == 0) yield break;
            after = page.Items[^1].Seq;
        }
    }

    /// <summary>Cancels a run; one that a worker executes is told, and gets its grace time.</summary>
    public Task<Run> CancelAsync(RunId id, CancellationToken cancellation = default) =>
        _transport.SendAsync<Run>(HttpMethod.Post, $"v1/runs/{id}/cancel", null, cancellation);

    /// <summary>Puts a final run back into its queue.</summary>
    public Task<Run> RetryAsync(RunId id, CancellationToken cancellation = default) =>
        _transport.SendAsync<Run>(HttpMethod.Post, $"v1/runs/{id}/retry", null, cancellation);

    /// <summary>Has a new run taken with the same job and options.</summary>
    /// <param name="id">The run to repeat.</param>
    /// <param name="input">What is different, merged over its input (RFC 7386): members given here win, null removes one.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public Task<Run> ForkAsync(RunId id, JsonElement? input = null, CancellationToken cancellation = default) =>
        _transport.SendAsync<Run>(HttpMethod.Post, $"v1/runs/{id}/fork",
            FleetTransport.Json(new ForkRun { Input = input }), cancellation);

    /// <summary>Forgets a final run.</summary>
    public Task DeleteAsync(RunId id, CancellationToken cancellation = default) => ForgetAsync($"v1/runs/{id}", cancellation);

    private async Task ForgetAsync(string path, CancellationToken cancellation)
    {
        using var request = _transport.Request(HttpMethod.Delete, path);
        using var response = await _transport.SendAsync(request, HttpCompletionOption.ResponseContentRead, cancellation);
    }

    /// <inheritdoc/>
    public void Dispose() => _own?.Dispose();
}
