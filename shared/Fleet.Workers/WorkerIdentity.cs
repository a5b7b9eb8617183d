using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Who this worker is in the fleet.</summary>
internal sealed class WorkerIdentity(IOptions<WorkerOptions> options)
{
    /// <summary>The configured name, or one of host, process and a random part: a worker that starts anew is a new worker.</summary>
    public string Name { get; } = options.Value.Name is { Length: > 0 } name ? name : Make();

    private static string Make()
    {
        var host = new string([.. Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-')]);
        return $"{host[..Math.Min(host.Length, 60)]}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}";
    }
}
