using Microsoft.Extensions.Options;

namespace Fleet.Workers;

/// <summary>Who this worker is in the fleet.</summary>
internal sealed class WorkerIdentity(IOptions<WorkerOptions> options)
{
    /// <summary>How much of the host's name goes into the worker's: its end, which is what tells pods of one deployment apart.</summary>
    private const int HostCharacters = 24;

    /// <summary>The configured name, or one of host, process and a random part: a worker that starts anew is a new worker.</summary>
    public string Name { get; } = options.Value.Name is { Length: > 0 } name ? name : Make();

    /// <summary>A name that nobody else has.</summary>
    public static string Make()
    {
        var host = new string([.. Environment.MachineName.Select(c => char.IsAsciiLetterOrDigit(c) || c == '-' ? c : '-')]);
        return $"{host[Math.Max(host.Length - HostCharacters, 0)..].TrimStart('-')}-{Environment.ProcessId}-{Guid.NewGuid().ToString("N")[..4]}";
    }
}
