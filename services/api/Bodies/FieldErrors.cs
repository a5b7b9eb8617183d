namespace Fleet.Api.Bodies;

/// <summary>What is wrong with a request, field by field, gathered so that all of it is told at once.</summary>
internal sealed class FieldErrors
{
    /// <summary>How many fields are named; a body with more faults than that is not mended by reading further.</summary>
    public const int Most = 50;

    private Dictionary<string, string[]>? _errors;

    public bool Any => Count > 0;

    public int Count => _errors?.Count ?? 0;

    public bool IsFull => Count >= Most;

    public IReadOnlyDictionary<string, string[]> All => _errors ??= [];

    /// <summary>Notes a fault.</summary>
    /// <param name="field">The field, as a path: <c>input.seconds</c>, <c>tags[3]</c>.</param>
    /// <param name="reason">What is wrong, to be read after the field's name: "must be …".</param>
    public void Add(string field, string reason)
    {
        _errors ??= [];
        if (_errors.TryGetValue(field, out var known)) _errors[field] = [.. known, reason];
        else if (!IsFull) _errors[field] = [reason];
    }

    /// <summary>Whether a fault of this field is known, or of a part of it.</summary>
    public bool Has(string field) => _errors is not null && _errors.Keys.Any(key =>
        key.StartsWith(field, StringComparison.Ordinal) && (key.Length == field.Length || key[field.Length] is '.' or '['));
}
