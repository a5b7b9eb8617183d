using System.Globalization;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Api.Endpoints;
using Fleet.Api.Intake;
using Fleet.Engine.Bulk;
using Fleet.Engine.Hosting;
using Fleet.Engine.Runs;

namespace Fleet.Api.Bulk;

/// <summary>POST /v1/runs/bulk: counts the runs that match, and has something done to them in the background.</summary>
internal sealed class BulkIntake(BulkOrders orders, RunReader reader, RedisDeadline deadline)
{
    public const int MostIds = 10_000;

    /// <summary>Room for that many ids, however they are spaced.</summary>
    private const int MostBytes = 1024 * 1024;

    public async Task<IResult> CreateAsync(HttpRequest request)
    {
        if (!request.HasJsonContentType()) return Answers.NotJson(request);
        using var body = await PooledBody.ReadAsync(request, MostBytes, "a bulk request's limit");
        var key = Idempotency.KeyOf(request);
        var (action, filter, dryRun) = Read(body.Bytes);

        var order = await deadline.FollowAsync(CountAsync(action, filter));
        if (dryRun) return TypedResults.Json(new BulkReceipt(order.Matched, null), Wire.BulkReceipt);

        var fingerprint = key is null ? "" : Idempotency.Fingerprint("bulk", body.Bytes);
        var result = await deadline.ApplyAsync(orders.PlaceAsync(order, key, fingerprint));
        if (result.Outcome == EnqueueOutcome.Conflict) return new ProblemResult(FleetProblems.IdempotencyConflict(key!));
        request.HttpContext.Response.Headers.Location = $"/v1/runs/{result.Id}";
        var matched = result.Outcome == EnqueueOutcome.Duplicate ? await MatchedAsync(result.Id) : order.Matched;
        return TypedResults.Json(new BulkReceipt(matched, result.Id), Wire.BulkReceipt, statusCode: StatusCodes.Status202Accepted);
    }

    private async Task<BulkOrder> CountAsync(BulkAction action, BulkFilter filter) =>
        await orders.CountAsync(await orders.DrawUpAsync(action, filter));

    private static (BulkAction Action, BulkFilter Filter, bool DryRun) Read(ReadOnlyMemory<byte> body)
    {
        var reading = JsonBody.Read(body.Span, Wire.BulkRequest);
        var errors = reading.Errors ?? new FieldErrors();
        var (action, filter) = (reading.Value?.Action, reading.Value?.Filter);
        if (reading.Value is not null)
        {
            if (action is null && !errors.Has("action")) errors.Add("action", "is required: retry, cancel or delete");
            if (filter is null && !errors.Has("filter")) errors.Add("filter", "is required; {} stands for every run that the action can change");
            if (action is not null && filter is not null) Check(action.Value, filter, errors);
        }

        if (errors.Any || action is null || filter is null) throw new ProblemException(FleetProblems.InvalidInput(errors.All));
        return (action.Value, filter, reading.Value!.DryRun);
    }

    private static void Check(BulkAction action, BulkFilter filter, FieldErrors errors)
    {
        if (filter.State is { } state && !RunSelection.StatesOf(action).Contains(state))
        {
            errors.Add("filter.state", action == BulkAction.Cancel
                ? $"must not be {state.Name()}: such a run is final, so there is nothing to cancel"
                : $"must not be {state.Name()}: only a final run can be {(action == BulkAction.Retry ? "retried" : "deleted")}. Cancel such runs first");
        }

        if (filter.Ids?.Count > MostIds)
            errors.Add("filter.ids", string.Create(CultureInfo.InvariantCulture, $"may hold {MostIds} ids; it holds {filter.Ids.Count}. Send several requests, or say which runs by other fields"));
    }

    /// <summary>What was answered when the same request came before.</summary>
    private async Task<long> MatchedAsync(RunId id) =>
        await deadline.ApplyAsync(reader.GetAsync(id)) is { } earlier && earlier.Run.Input.Deserialize<BulkOrder>(FleetJson.Options) is { } order ? order.Matched : 0;
}
