using System.Text;

namespace Fleet.Worker.Tests;

/// <summary>The processes of this machine that a run started, as /proc knows them.</summary>
internal static class RunProcesses
{
    /// <summary>Everything that carries the run's id in its environment and has not ended.</summary>
    public static IReadOnlyList<string> Of(RunId run)
    {
        var mark = Encoding.UTF8.GetBytes($"FLEET_RUN_ID={run}\0");
        var found = new List<string>();
        foreach (var directory in Directory.EnumerateDirectories("/proc").Where(name => char.IsAsciiDigit(Path.GetFileName(name)[0])))
        {
            try
            {
                if (File.ReadAllBytes($"{directory}/environ").AsSpan().IndexOf(mark) >= 0 && !File.ReadAllText($"{directory}/stat").Contains(") Z ", StringComparison.Ordinal))
                    found.Add($"{directory}: {File.ReadAllText($"{directory}/cmdline").Replace('\0', ' ')}");
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It ended meanwhile.
            }
        }

        return found;
    }
}
