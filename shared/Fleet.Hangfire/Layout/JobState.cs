using StackExchange.Redis;

namespace Fleet.Hangfire.Layout;

/// <summary>A state that a job has been in, or is in.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Reason">Why it came into it; null where there is nothing to say.</param>
/// <param name="At">Since when.</param>
/// <param name="Data">What belongs to it.</param>
internal sealed record JobState(string Name, string? Reason, DateTimeOffset At, IReadOnlyList<KeyValuePair<string, string>> Data)
{
    public const string Enqueued = "Enqueued";
    public const string Scheduled = "Scheduled";
    public const string Processing = "Processing";
    public const string Succeeded = "Succeeded";
    public const string Failed = "Failed";
    public const string Deleted = "Deleted";

    /// <summary>The element of the history.</summary>
    public string ToHistory()
    {
        var element = Data.Select(pair => KeyValuePair.Create(pair.Key, (string?)pair.Value)).ToDictionary();
        element["State"] = Name;
        element["Reason"] = Reason;
        element["CreatedAt"] = Timestamp.Of(At);
        return Invocation.Json(element);
    }

    /// <summary>The fields of the hash of the current state. No dashboard writes <c>Seq</c>: what lacks it was written by one.</summary>
    /// <param name="seq">The number of the event that brought the run into it.</param>
    public RedisValue[] ToHash(long seq)
    {
        var fields = new List<RedisValue>();
        foreach (var (field, value) in Data) fields.AddRange([field, value]);
        fields.AddRange(["State", Name, "Seq", seq]);
        if (Reason is not null) fields.AddRange(["Reason", Reason]);
        return [.. fields];
    }
}
