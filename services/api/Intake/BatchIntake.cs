using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Fleet.Api.Intake;

/// <summary>POST /v1/runs/batch: many runs in one request, as one JSON document or as NDJSON.</summary>
internal sealed class BatchIntake(
    RunIntake single, RunResolver resolver, RunStore store, Replication replication, IOptions<FleetOptions> fleet, IOptions<ApiOptions> api,
    RedisDeadline deadline)
{
    private const string Field = "runs";

    /// <summary>The media types of newline-delimited JSON, of which none is registered.</summary>
    public static readonly IReadOnlyList<string> LineTypes = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

    public async Task<IResult> CreateAsync(HttpRequest request)
    {
        await deadline.RequireAsync();
        using var batch = new BatchAssembly(resolver, store, deadline, Idempotency.KeyOf(request), fleet.Value.Limits.BatchRuns);
        if (IsLines(request)) await ReadLinesAsync(request, batch);
        else if (request.HasJsonContentType()) await ReadDocumentAsync(request, batch);
        else return new ProblemResult(FleetProblems.UnsupportedMediaType(
            $"{(string.IsNullOrEmpty(request.ContentType) ? "No Content-Type is given" : $"'{request.ContentType}' is not read here")}. Send application/json, or {LineTypes[0]} with one run a line."));

        var result = await batch.EndAsync();
        return await replication.ReachesAsync(result.Ids.Select(id => id.Partition), batch.Replicas)
            ? TypedResults.Json(result, Wire.BatchResult, statusCode: StatusCodes.Status201Created)
            : new ProblemResult(FleetProblems.NotReplicated(result.Ids, batch.Replicas, fleet.Value.ReplicationTimeout));
    }

    private static bool IsLines(HttpRequest request) =>
        MediaTypeHeaderValue.TryParse(request.ContentType, out var type) && LineTypes.Contains(type.MediaType.Value, StringComparer.OrdinalIgnoreCase);

    private async Task ReadDocumentAsync(HttpRequest request, BatchAssembly batch)
    {
        using var body = await PooledBody.ReadAsync(request, api.Value.BatchBytes, $"Fleet:Api:BatchBytes; as {LineTypes[0]} it may be larger");
        using var document = JsonBody.Parse(body.Bytes);
        var runs = RunsOf(document.RootElement);
        if (runs.GetArrayLength() > batch.Most) throw new ProblemException(TooMany(batch.Most, runs.GetArrayLength()));
        foreach (var run in runs.EnumerateArray()) await batch.AddAsync(JsonMarshal.GetRawUtf8Value(run).ToArray());
    }

    private static JsonElement RunsOf(JsonElement root)
    {
        if (root.ValueKind == JsonValueKind.Object && root.TryGetProperty(Field, out var runs) && runs.ValueKind == JsonValueKind.Array
            && root.GetPropertyCount() == 1)
            return runs;

        var errors = new FieldErrors();
        BodyDiagnosis.Diagnose(root, Wire.NewRunBatch, errors);
        if (root.ValueKind == JsonValueKind.Object && !errors.Has(Field) && !root.TryGetProperty(Field, out _)) errors.Add(Field, "is required");
        else if (!errors.Any) errors.Add(Field, "must be an array, given once");
        throw new ProblemException(FleetProblems.InvalidInput(errors.All));
    }

    private async Task ReadLinesAsync(HttpRequest request, BatchAssembly batch)
    {
        // Lines are taken as they come, so their sum needs no bound but their number.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;
        await foreach (var line in NdjsonReader.ReadAsync(request.BodyReader, single.MostBytes, request.HttpContext.RequestAborted))
        {
            if (batch.Count == batch.Most)
            {
                // While nothing is stored yet, the batch can be refused as a whole.
                if (!batch.HasStored) throw new ProblemException(TooMany(batch.Most, null));
                batch.Reject(TooMany(batch.Most, null));
                return;
            }

            if (line.IsTooLong) batch.Reject(LineTooLong(single.MostBytes));
            else await batch.AddAsync(line.Json);
        }
    }

    private static FleetProblem TooMany(int most, int? count) => FleetProblems.PayloadTooLarge(string.Create(CultureInfo.InvariantCulture,
        $"A batch may hold {most} runs (Fleet:Limits:BatchRuns); this one holds {(count is null ? "more" : count)}. Send several."));

    private static FleetProblem LineTooLong(int most) => FleetProblems.PayloadTooLarge(string.Create(CultureInfo.InvariantCulture,
        $"The line has more than {most} bytes (Fleet:Limits:PayloadBytes and 64 KiB for all but the input)."));
}
