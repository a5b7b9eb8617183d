using System.Collections.Concurrent;
using System.Text.Json;
using Fleet.Api.Bodies;

namespace Fleet.Api.Schemas;

/// <summary>Holds inputs against the schema that their job's workers announced. A schema is read once, and again only when it changes.</summary>
internal sealed class InputValidator
{
    /// <summary>What the path of every fault begins with: the field of the request that holds the input.</summary>
    public const string Root = "input";

    private readonly ConcurrentDictionary<string, Known> _schemas = new();

    /// <summary>Notes what is wrong with an input.</summary>
    public void Validate(JobInfo job, JsonElement input, FieldErrors errors) => SchemaCheck.Check(input, SchemaOf(job), Root, errors);

    private SchemaNode SchemaOf(JobInfo job)
    {
        if (_schemas.TryGetValue(job.Name, out var known) && ReferenceEquals(known.Job, job)) return known.Schema;

        if (job.InputSchema.ValueKind == JsonValueKind.Undefined) return SchemaNode.Anything;
        // The catalogue is read anew every few seconds, mostly with the same in it.
        var schema = known is not null && JsonElement.DeepEquals(known.Job.InputSchema, job.InputSchema) ? known.Schema : SchemaReader.Read(job.InputSchema);
        _schemas[job.Name] = new Known(job, schema);
        return schema;
    }

    private sealed record Known(JobInfo Job, SchemaNode Schema);
}
