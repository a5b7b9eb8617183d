namespace Fleet.Process.Tests;

/// <summary>A folder of a test's own. What still runs in it when the test ends is killed.</summary>
internal sealed class Scratch : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-process-");

    public string Folder => _folder.FullName;

    /// <summary>The data folder of a Fleet in it.</summary>
    public string Data => Path.Combine(Folder, "data");

    /// <summary>The processes that have this folder in their command line or are in it, by id.</summary>
    public IReadOnlyList<int> Processes => [.. Directory.EnumerateDirectories("/proc")
        .Select(Path.GetFileName)
        .Where(name => int.TryParse(name, out var id) && id != Environment.ProcessId)
        .Where(name => CommandLine(name!).Contains(Folder, StringComparison.Ordinal) || CurrentDirectory(name!).StartsWith(Folder, StringComparison.Ordinal))
        .Select(name => int.Parse(name!, provider: null))];

    /// <summary>Whether a process is there, and not merely its entry that nobody has collected yet.</summary>
    public static bool IsAlive(int id)
    {
        try
        {
            var stat = File.ReadAllText($"/proc/{id}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        foreach (var id in Processes)
        {
            try
            {
                using var left = System.Diagnostics.Process.GetProcessById(id);
                left.Kill();
                left.WaitForExit(TimeSpan.FromSeconds(5));
            }
            catch (Exception e) when (e is ArgumentException or InvalidOperationException)
            {
                // It ended by itself meanwhile.
            }
        }

        _folder.Delete(recursive: true);
    }

    private static string CommandLine(string id) => Read(() => File.ReadAllText($"/proc/{id}/cmdline"));

    private static string CurrentDirectory(string id) => Read(() => new FileInfo($"/proc/{id}/cwd").LinkTarget ?? "");

    private static string Read(Func<string> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }
}
