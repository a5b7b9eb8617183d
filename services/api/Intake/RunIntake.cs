using Fleet.Api.Bodies;
using Fleet.Api.Endpoints;
using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Engine.Redis;
using Fleet.Engine.Runs;
using Microsoft.Extensions.Options;

namespace Fleet.Api.Intake;

/// <summary>Takes one run: reads it, decides about it, has it stored, and answers.</summary>
internal sealed class RunIntake(
    RunResolver resolver, RunStore store, RunReader reader, Replication replication, IOptions<FleetOptions> options, RedisDeadline deadline)
{
    /// <summary>The header that tells that an earlier run was found to be the same.</summary>
    public const string Deduplicated = "Fleet-Deduplicated";

    /// <summary>What a run may have besides its input: names, tags and meta, every character escaped.</summary>
    private const int RestBytes = 64 * 1024;

    /// <summary>How often a run is stored anew, when the one that it is the same as is deleted meanwhile.</summary>
    private const int Tries = 3;

    /// <summary>The largest body of a single run.</summary>
    public int MostBytes => options.Value.Limits.PayloadBytes + RestBytes;

    /// <summary>POST /v1/runs.</summary>
    public async Task<IResult> CreateAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType()) return Answers.NotJson(request);
        using var body = await ReadBodyAsync(request);
        var key = Idempotency.KeyOf(request);
        var resolution = await resolver.ResolveAsync(JsonBody.Read(body.Bytes.Span, Wire.NewRun), resolver.FindAsync);
        if (resolution.Spec is not { } spec) return new ProblemResult(resolution.Problem!);
        if (key is not null) spec = spec with { IdempotencyKey = key, Fingerprint = Idempotency.Fingerprint("run", body.Bytes) };
        return await StoreAsync(spec, request.HttpContext.Response);
    }

    /// <summary>POST /v1/runs/{id}/fork.</summary>
    public async Task<IResult> ForkAsync(RunId id, HttpRequest request)
    {
        using var body = await ReadBodyAsync(request);
        if (!body.Bytes.IsEmpty && !request.HasJsonContentType()) return Answers.NotJson(request);
        if (await deadline.ApplyAsync(reader.GetAsync(id)) is not { } earlier) return Answers.UnknownRun(id.ToString());

        var key = Idempotency.KeyOf(request);
        var reading = body.Bytes.IsEmpty ? new BodyReading<ForkRun>(new ForkRun(), null) : JsonBody.Read(body.Bytes.Span, Wire.ForkRun);
        var resolution = await resolver.ResolveForkAsync(earlier, reading);
        if (resolution.Spec is not { } spec) return new ProblemResult(resolution.Problem!);
        if (key is not null) spec = spec with { IdempotencyKey = key, Fingerprint = Idempotency.Fingerprint($"fork {id}", body.Bytes) };
        return await StoreAsync(spec, request.HttpContext.Response);
    }

    private ValueTask<PooledBody> ReadBodyAsync(HttpRequest request) =>
        PooledBody.ReadAsync(request, MostBytes, "Fleet:Limits:PayloadBytes and 64 KiB for all but the input");

    /// <summary>Has a run stored and answers with it, or with the earlier one that it is the same as.</summary>
    private async Task<IResult> StoreAsync(RunSpec spec, HttpResponse response)
    {
        for (var tries = 0; tries < Tries; tries++)
        {
            var result = await deadline.ApplyAsync(store.EnqueueAsync(spec));
            // An earlier run that this one is the same as may not have reached the replicas either.
            if (result.Outcome != EnqueueOutcome.Conflict && !await replication.ReachesAsync([result.Id.Partition], spec.Replicas))
                return new ProblemResult(FleetProblems.NotReplicated(result.Id, spec.Replicas, options.Value.ReplicationTimeout));

            switch (result.Outcome)
            {
                case EnqueueOutcome.Accepted:
                    response.Headers.Location = $"/v1/runs/{result.Id}";
                    return TypedResults.Json(AcceptedRun.Of(spec, result), Wire.Run, statusCode: StatusCodes.Status201Created);
                case EnqueueOutcome.Conflict:
                    return new ProblemResult(FleetProblems.IdempotencyConflict(spec.IdempotencyKey!));
                case EnqueueOutcome.Duplicate when await deadline.ApplyAsync(reader.GetAsync(result.Id)) is { } earlier:
                    response.Headers[Deduplicated] = "true";
                    response.Headers.Location = $"/v1/runs/{result.Id}";
                    return TypedResults.Json(earlier.Run, Wire.Run);
            }
        }

        throw new InvalidOperationException("The runs that this one is the same as vanish as soon as they are found.");
    }
}
