using System.Diagnostics;
using System.Globalization;

namespace Fleet.Bench.Measuring;

/// <summary>A process with all that it started, such as a pool of children.</summary>
internal static class ProcessTree
{
    /// <summary>CPU time is counted in ticks of a hundredth of a second, on every Linux there is.</summary>
    private const double TicksPerSecond = 100;

    /// <summary>CPU time of the process and its descendants, those included that have ended and were waited for.</summary>
    public static TimeSpan Cpu(Process process)
    {
        process.Refresh();
        return Directory.Exists("/proc/self")
            ? Members(process).Aggregate(TimeSpan.Zero, (sum, member) => sum + member.Cpu)
            : process.TotalProcessorTime;
    }

    /// <summary>The process and its descendants. Only Linux tells them.</summary>
    public static IEnumerable<ProcessStat> Members(Process process)
    {
        var all = Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out _))
            .Select(TryRead)
            .OfType<ProcessStat>()
            .ToDictionary(stat => stat.Id);
        return all.Values.Where(stat => IsOf(stat, process.Id, all));
    }

    /// <summary>Reads a line of /proc/…/stat; its second field is the program's name in parentheses, which may hold anything.</summary>
    internal static ProcessStat Parse(string line)
    {
        var id = int.Parse(line.AsSpan(0, line.IndexOf(' ', StringComparison.Ordinal)), CultureInfo.InvariantCulture);
        // After the name come state and parent; times are fields 14 to 17 of proc(5): user, system, and those of children waited for.
        var fields = line[(line.LastIndexOf(')') + 2)..].Split(' ');
        var ticks = fields[11..15].Sum(field => long.Parse(field, CultureInfo.InvariantCulture));
        return new ProcessStat(id, int.Parse(fields[1], CultureInfo.InvariantCulture), TimeSpan.FromSeconds(ticks / TicksPerSecond));
    }

    private static ProcessStat? TryRead(string folder)
    {
        try
        {
            return Parse(File.ReadAllText(Path.Combine(folder, "stat")));
        }
        catch (IOException)
        {
            // It ended meanwhile.
            return null;
        }
    }

    private static bool IsOf(ProcessStat stat, int root, Dictionary<int, ProcessStat> all)
    {
        for (var current = stat; ; current = all[current.Parent])
        {
            if (current.Id == root) return true;
            if (!all.ContainsKey(current.Parent)) return false;
        }
    }
}

/// <summary>What a process is and has used.</summary>
internal sealed record ProcessStat(int Id, int Parent, TimeSpan Cpu);
