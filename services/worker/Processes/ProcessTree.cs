using System.Globalization;
using System.Runtime.InteropServices;

namespace Fleet.Worker.Processes;

/// <summary>
/// A command and everything it started: the process group and session that the command leads and, on Linux, whoever carries its
/// mark in the environment, which also finds those that made themselves a session of their own.
/// </summary>
internal sealed partial class ProcessTree(int leader, string mark, TimeProvider time)
{
    /// <summary>The environment variable that carries the mark, which no two commands share.</summary>
    public const string MarkVariable = "FLEET_PROCESS";

    private const int SigTerm = 15;
    private const int SigKill = 9;
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(20);

    /// <summary>How long the kernel gets to end what was killed: a process inside a system call that cannot be interrupted stays.</summary>
    private static readonly TimeSpan LongestDying = TimeSpan.FromSeconds(5);

    private readonly byte[] _mark = System.Text.Encoding.UTF8.GetBytes($"{MarkVariable}={mark}\0");

    /// <summary>Asks everything to end with SIGTERM, and ends with SIGKILL what has not done so in time.</summary>
    /// <param name="killAfter">How long it gets.</param>
    /// <param name="escaped">Whether to end those too that left the session.</param>
    /// <returns>False when something could not be ended.</returns>
    public async Task<bool> EndAsync(TimeSpan killAfter, bool escaped)
    {
        if (IsGone(escaped)) return true;
        Signal(SigTerm, escaped);
        if (await IsGoneWithinAsync(killAfter, escaped, signal: 0)) return true;
        // Again at every look: what is killed may have started another just before.
        return await IsGoneWithinAsync(LongestDying, escaped, SigKill);
    }

    /// <summary>Ends everything with SIGKILL and does not wait for it.</summary>
    public void Kill() => Signal(SigKill, escaped: true);

    private async Task<bool> IsGoneWithinAsync(TimeSpan longest, bool escaped, int signal)
    {
        var began = time.GetTimestamp();
        while (true)
        {
            if (signal != 0) Signal(signal, escaped);
            if (IsGone(escaped)) return true;
            if (time.GetElapsedTime(began) >= longest) return false;
            await Task.Delay(Poll, time, CancellationToken.None);
        }
    }

    // A group that the kernel knows nothing of is gone; one it knows may be all zombies, which nobody can end.
    private bool IsGone(bool escaped) => OperatingSystem.IsLinux()
        ? (!escaped && !GroupExists()) || !Members(escaped).Any()
        : !GroupExists();

    private bool GroupExists() => SendSignal(-leader, 0) == 0;

    private void Signal(int signal, bool escaped)
    {
        // The group first and in one call, so that none of it sees another end and reacts.
        _ = SendSignal(-leader, signal);
        if (!OperatingSystem.IsLinux()) return;
        foreach (var (pid, group) in Members(escaped))
        {
            if (group != leader) _ = SendSignal(pid, signal);
        }
    }

    private IEnumerable<(int Pid, int Group)> Members(bool escaped)
    {
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(directory.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var pid)) continue;
            if (Status(directory) is not { } status) continue;
            if (status.Group == leader || status.Session == leader || (escaped && IsMarked(directory))) yield return (pid, status.Group);
        }
    }

    /// <summary>Group and session of a process; null when it has ended, though nobody may have fetched its exit code yet.</summary>
    private static (int Group, int Session)? Status(string directory)
    {
        try
        {
            // "pid (name) state parent group session …", where the name may hold anything.
            var text = File.ReadAllText($"{directory}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ', 5);
            if (fields[0] is "Z" or "X") return null;
            return (int.Parse(fields[2], CultureInfo.InvariantCulture), int.Parse(fields[3], CultureInfo.InvariantCulture));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null; // It ended while it was looked at.
        }
    }

    private bool IsMarked(string directory)
    {
        try
        {
            return File.ReadAllBytes($"{directory}/environ").AsSpan().IndexOf(_mark) >= 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false; // It ended, or it belongs to another user, whose processes cannot be signalled either.
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = false)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int pid, int signal);
}
