using System.Diagnostics;
using System.Text;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;

namespace Fleet.Bench.Api;

/// <summary>Sends runs over HTTP to an API, while a worker executes them: API, worker, Redis and the load each are a process.</summary>
/// <param name="fleet">Redis and the worker.</param>
/// <param name="api">The API.</param>
/// <param name="connections">How many connections send at a time, each one request after the other.</param>
/// <param name="runsPerRequest">One for a POST a run, otherwise so many in an NDJSON batch.</param>
internal sealed class ApiRound(BenchFleet fleet, BenchApi api, int connections, int runsPerRequest)
{
    private const string Run = """{"job":"noop","input":{"text":"xxxxxxxxxxxxxxxxxxx"}}""";
    private const int Created = 201;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(3);

    private readonly byte[] _request = runsPerRequest == 1
        ? HttpCaller.Post("/v1/runs", "application/json", Encoding.UTF8.GetBytes(Run))
        : HttpCaller.Post("/v1/runs/batch", "application/x-ndjson",
            Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(Run + "\n", runsPerRequest))));

    private int _requests;

    /// <param name="runs">How many to send.</param>
    /// <param name="appendOnly">Whether Redis writes its append-only file.</param>
    /// <param name="accepted">Gets the ids of the runs.</param>
    public async Task<ApiRow> MeasureAsync(int runs, bool appendOnly, List<RunId> accepted)
    {
        var before = await fleet.SucceededAsync();
        _requests = Math.Max(runs / runsPerRequest, 1);
        var sent = _requests * runsPerRequest;
        var callers = new List<HttpCaller>();
        for (var i = 0; i < connections; i++)
        {
            callers.Add(new HttpCaller());
            await callers[i].ConnectAsync(api.EndPoint);
        }

        var meter = await CpuMeter.StartAsync(fleet.Redis, [api.Process, .. fleet.Workers]);
        var results = await Task.WhenAll(callers.Select(SendAsync));
        var spent = await meter.StopAsync();
        var meanwhile = await fleet.SucceededAsync() - before;
        foreach (var caller in callers) caller.Dispose();

        accepted.AddRange(results.SelectMany(result => result.Accepted));
        await fleet.UntilSucceededAsync(before + sent, Longest);
        return new ApiRow
        {
            RunsPerRequest = runsPerRequest,
            Connections = connections,
            AppendOnly = appendOnly,
            Runs = sent,
            AcceptedPerSecond = spent.PerSecond(sent),
            Request = Distribution.Of(results.SelectMany(result => result.Milliseconds)),
            FinishedMeanwhilePerSecond = spent.PerSecond((int)meanwhile),
            RedisMicroseconds = Spent.Each(spent.Redis, sent),
            ApiMicroseconds = Spent.Each(spent.Others[0], sent),
            WorkerMicroseconds = Spent.Each(spent.AllOthers - spent.Others[0], sent),
            ClientMicroseconds = Spent.Each(spent.Self, sent),
        };
    }

    private async Task<(List<RunId> Accepted, List<double> Milliseconds)> SendAsync(HttpCaller caller)
    {
        var accepted = new List<RunId>();
        var milliseconds = new List<double>();
        while (Interlocked.Decrement(ref _requests) >= 0)
        {
            var started = Stopwatch.GetTimestamp();
            var (status, body) = await caller.CallAsync(_request);
            milliseconds.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            if (status != Created) throw new MeasurementException($"The API answered {status}: {Encoding.UTF8.GetString(body.Span)}");
            var known = accepted.Count;
            Ids.ReadInto(accepted, body.Span);
            if (accepted.Count - known != runsPerRequest)
                throw new MeasurementException($"The API took {accepted.Count - known} of {runsPerRequest} runs: {Encoding.UTF8.GetString(body.Span)}");
        }

        return (accepted, milliseconds);
    }
}
