using System.Text.Json.Serialization;
using Fleet.Faults.Faults;

namespace Fleet.Faults.History;

/// <summary>A fault as it was done.</summary>
internal sealed record FaultStory(int Number, FaultKind Kind, string Target, DateTimeOffset From, DateTimeOffset To, string? Note)
{
    /// <summary>The note on a fault that met nobody, because the process was down already.</summary>
    public const string Missed = "it was down already";

    /// <summary>Whether it happened.</summary>
    [JsonIgnore]
    public bool Struck => Note != Missed;

    /// <inheritdoc cref="Fault.Name"/>
    [JsonIgnore]
    public string Name => $"{Kind.ToString().ToLowerInvariant()} {Target}";
}
