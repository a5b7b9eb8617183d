using Fleet.Workers;

namespace Fleet.Worker.Processes;

/// <summary>Finds programs as a shell does, and says which may be run.</summary>
internal static class Executables
{
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>The program that starts another in a session of its own; null where there is none.</summary>
    public static string? Setsid { get; } = OnPath("setsid");

    /// <summary>The full path of a program that exists, can be executed and is allowed.</summary>
    /// <param name="file">A name without '/', looked up in the worker's PATH, or a path that starts from <paramref name="directory"/>.</param>
    /// <param name="directory">Where the command will run.</param>
    /// <param name="allowed">As <see cref="ProcessOptions.AllowedFiles"/>.</param>
    /// <exception cref="JobException">It is not, and no retry will mend it.</exception>
    public static string Require(string file, string directory, string allowed)
    {
        if (file.Length == 0 || file.Contains('\0', StringComparison.Ordinal)) throw JobException.Permanent("file must name a program.");

        var isName = !file.Contains('/', StringComparison.Ordinal);
        var path = isName ? OnPath(file) : Path.GetFullPath(file, directory);
        if (path is null) throw JobException.Permanent($"There is no program '{file}' in this worker's PATH.");
        if (Directory.Exists(path)) throw JobException.Permanent($"The file '{path}' is a directory, not a program.");
        if (!File.Exists(path)) throw JobException.Permanent($"There is no file '{path}' on this worker.");
        if (!IsExecutable(path)) throw JobException.Permanent($"The file '{path}' is not executable (chmod +x).");

        var entries = allowed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (entries.Length > 0 && !entries.Contains(path) && !(isName && entries.Contains(file)))
            throw JobException.Permanent($"This worker may not run '{file}': {ProcessOptions.Section}:AllowedFiles does not list it.");
        return path;
    }

    private static string? OnPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(directory => Path.GetFullPath(Path.Combine(directory, name)))
        .FirstOrDefault(path => File.Exists(path) && IsExecutable(path));

    private static bool IsExecutable(string path) => OperatingSystem.IsWindows() || (File.GetUnixFileMode(path) & AnyExecute) != 0;
}
