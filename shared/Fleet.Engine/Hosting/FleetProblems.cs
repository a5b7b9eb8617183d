using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Fleet.Engine.Hosting;

/// <summary>Every error of Fleet (contract: "Errors"). The slugs are promises: programs tell errors by them.</summary>
public static class FleetProblems
{
    private const string TypePrefix = "urn:fleet:";

    /// <summary>The part of the problem's type that tells errors apart, such as <c>unknown-run</c>.</summary>
    public static string Slug(this FleetProblem problem) => problem.Type[TypePrefix.Length..];

    /// <summary>400 <c>invalid-json</c>: the body is not JSON at all.</summary>
    public static FleetProblem InvalidJson(string detail) => Of(StatusCodes.Status400BadRequest, "invalid-json", "The body is not JSON", detail);

    /// <summary>422 <c>invalid-input</c>: fields are wrong, each with its reasons.</summary>
    public static FleetProblem InvalidInput(IReadOnlyDictionary<string, string[]> errors) =>
        Of(StatusCodes.Status422UnprocessableEntity, "invalid-input", "The request has faults", DetailOf(errors)) with { Errors = errors };

    /// <summary><c>unknown-job</c>: no worker announced a job of this name; 422 in a body, 404 as an address.</summary>
    public static FleetProblem UnknownJob(string job, IReadOnlyCollection<string> known, int status = StatusCodes.Status422UnprocessableEntity)
    {
        var near = NearestName.Question(job, known);
        var help = near.Length > 0 ? near
            : known.Count == 0 ? " No worker has announced any job yet; start one that has this job."
            : $" The jobs there are: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(10))}{(known.Count > 10 ? ", …" : "")}.";
        return Of(status, "unknown-job", "There is no such job", $"There is no job '{Shorten(job)}'.{help}");
    }

    /// <summary>404 <c>unknown-queue</c>: no run ever used a queue of this name, or no queue can have it.</summary>
    public static FleetProblem UnknownQueue(string queue, IEnumerable<string> known) => Of(StatusCodes.Status404NotFound, "unknown-queue", "There is no such queue",
        Names.IsValid(queue)
            ? $"There is no queue '{queue}': a queue exists from its first use on.{NearestName.Question(queue, known)}"
            : $"'{Shorten(queue)}' cannot be the name of a queue: a name is {Names.Rule}.");

    /// <summary>404 <c>unknown-worker</c>: no worker of this name is connected.</summary>
    public static FleetProblem UnknownWorker(string worker, IReadOnlyCollection<string> known) => Of(StatusCodes.Status404NotFound, "unknown-worker", "There is no such worker",
        $"No worker '{Shorten(worker)}' is connected.{(NearestName.Question(worker, known) is { Length: > 0 } near ? near
            : known.Count == 0 ? " Nor is any other."
            : $" Those that are: {string.Join(", ", known.Order(StringComparer.Ordinal).Take(10))}{(known.Count > 10 ? ", …" : "")}.")}");

    /// <summary>422 <c>invalid-schedule</c>: fields are wrong, each with its reasons.</summary>
    public static FleetProblem InvalidSchedule(IReadOnlyDictionary<string, string[]> errors) =>
        Of(StatusCodes.Status422UnprocessableEntity, "invalid-schedule", "The schedule has faults", DetailOf(errors)) with { Errors = errors };

    /// <summary>404 <c>unknown-schedule</c>: there is no schedule of this name.</summary>
    public static FleetProblem UnknownSchedule(string name, IReadOnlyCollection<string> known)
    {
        var near = NearestName.Question(name, known);
        var help = near.Length > 0 ? near : known.Count == 0 ? " There is none at all yet: PUT one." : " GET /v1/schedules lists those there are.";
        return Of(StatusCodes.Status404NotFound, "unknown-schedule", "There is no such schedule", $"There is no schedule '{Shorten(name)}'.{help}");
    }

    /// <summary>404 <c>unknown-run</c>: there is no such run, or no run could have this id.</summary>
    public static FleetProblem UnknownRun(string id) => Of(StatusCodes.Status404NotFound, "unknown-run", "There is no such run",
        RunId.TryParse(id, out _)
            ? $"There is no run {id}. It may have been deleted, or kept for as long as Fleet:Retention says."
            : $"'{Shorten(id)}' is not a run id: a run id is {RunId.TextLength} characters of Crockford base32.");

    /// <summary>409 <c>already-final</c>: what was asked needs a run that is not final.</summary>
    public static FleetProblem AlreadyFinal(string detail) => Of(StatusCodes.Status409Conflict, "already-final", "The run is final", detail);

    /// <summary>409 <c>not-final</c>: what was asked needs a final run.</summary>
    public static FleetProblem NotFinal(string detail) => Of(StatusCodes.Status409Conflict, "not-final", "The run is not final", detail);

    /// <summary>413 <c>payload-too-large</c>: names the limit and, where it is known, the size.</summary>
    public static FleetProblem PayloadTooLarge(string detail) =>
        Of(StatusCodes.Status413PayloadTooLarge, "payload-too-large", "The payload is too large", detail);

    /// <summary>415 <c>unsupported-media-type</c>.</summary>
    public static FleetProblem UnsupportedMediaType(string detail) =>
        Of(StatusCodes.Status415UnsupportedMediaType, "unsupported-media-type", "The body's media type is not read here", detail);

    /// <summary>422 <c>idempotency-conflict</c>: the key came with another request before.</summary>
    public static FleetProblem IdempotencyConflict(string key) => Of(StatusCodes.Status422UnprocessableEntity, "idempotency-conflict",
        "The Idempotency-Key stands for another request",
        $"The Idempotency-Key '{Shorten(key)}' came with another request within the last 24 hours. Send that request again, or choose a new key.");

    /// <summary>503 <c>stuck</c>: something in the process stands still that must not.</summary>
    public static FleetProblem Stuck(string fault) => Of(StatusCodes.Status503ServiceUnavailable, "stuck", "The process must be started anew", fault);

    /// <summary>503 <c>redis-unavailable</c>.</summary>
    public static FleetProblem RedisUnavailable() => Of(StatusCodes.Status503ServiceUnavailable, "redis-unavailable", "Redis cannot be reached",
        "Redis does not answer at the moment, so nothing can be read or stored. Try again soon; with an Idempotency-Key, a run is not created twice.");

    /// <summary>503 <c>storage-full</c>: Redis has no memory left for what is new.</summary>
    public static FleetProblem StorageFull() => Of(StatusCodes.Status503ServiceUnavailable, "storage-full", "Redis is full",
        "Redis has reached its maxmemory, so nothing new can be stored; runs that were accepted go on. Delete final runs, lower Fleet:Retention, or raise maxmemory, and send the request again.");

    /// <summary>503 <c>not-replicated</c>: a run is stored, but not as safely as its caller wants.</summary>
    public static FleetProblem NotReplicated(RunId run, int replicas, TimeSpan waited) =>
        NotReplicated($"Run {run} was taken and will run", replicas, waited) with { RunId = run };

    /// <summary>503 <c>not-replicated</c>, of a batch.</summary>
    public static FleetProblem NotReplicated(IReadOnlyList<RunId> runs, int replicas, TimeSpan waited) =>
        NotReplicated($"The batch's {runs.Count} runs were taken and will run", replicas, waited) with { RunIds = runs };

    /// <summary>503 <c>redis-evicts</c>: Redis's maxmemory-policy lets it drop runs.</summary>
    public static FleetProblem RedisEvicts(string detail) =>
        Of(StatusCodes.Status503ServiceUnavailable, "redis-evicts", "Redis may drop runs", detail);

    /// <summary>503 <c>stopping</c>: the process was told to stop.</summary>
    public static FleetProblem Stopping() => Of(StatusCodes.Status503ServiceUnavailable, "stopping", "This process stops",
        "It was told to stop and takes nothing new. Try again: another replica answers.");

    /// <summary>500 <c>internal-error</c>: a fault of ours, which the log tells of.</summary>
    public static FleetProblem InternalError(string trace) => Of(StatusCodes.Status500InternalServerError, "internal-error", "Something went wrong here",
        $"The server's log says what, under the trace '{trace}'.");

    /// <summary>The error for a bare status code: <c>not-found</c>, <c>method-not-allowed</c> and their like.</summary>
    public static FleetProblem OfStatus(int status, string? detail = null)
    {
        var reason = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : $"Error {status.ToString(CultureInfo.InvariantCulture)}";
        var slug = string.Concat(reason.Select(c => char.IsAsciiLetterOrDigit(c) ? char.ToLowerInvariant(c) : '-'));
        return Of(status, slug, reason, detail);
    }

    private static FleetProblem NotReplicated(string taken, int replicas, TimeSpan waited) =>
        Of(StatusCodes.Status503ServiceUnavailable, "not-replicated", "Too few replicas have it", string.Create(CultureInfo.InvariantCulture,
            $"{taken}, but {replicas} {(replicas == 1 ? "replica" : "replicas")} did not have it within {waited.TotalSeconds:0.###} seconds. Sent again with the same Idempotency-Key, the request creates nothing twice and waits again; or look whether Redis's replicas are connected."));

    private static FleetProblem Of(int status, string slug, string title, string? detail) =>
        new() { Type = TypePrefix + slug, Title = title, Status = status, Detail = detail };

    /// <summary>The first faults in one sentence each, for who reads nothing but the detail.</summary>
    private static string DetailOf(IReadOnlyDictionary<string, string[]> errors)
    {
        var all = errors.SelectMany(error => error.Value.Select(reason => $"{error.Key} {reason}{(reason[^1] is '?' or '.' ? "" : ".")}")).ToList();
        return all.Count <= 5 ? string.Join(" ", all) : $"{string.Join(" ", all.Take(5))} And {all.Count - 5} more.";
    }

    private static string Shorten(string text) => text.Length <= 100 ? text : text[..100] + "…";
}
