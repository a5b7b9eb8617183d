using System.Diagnostics.CodeAnalysis;
using Fleet.Engine;

namespace Fleet.Standalone;

/// <summary>The directory that holds everything of one <c>./fleet up</c>, taken by this process for as long as it runs.</summary>
internal sealed class DataDirectory : IDisposable
{
    private const long LogKept = 4 * 1024 * 1024;

    // What .NET reports of a file that another process has locked is the system's error number.
    private const int LinuxWouldBlock = 11;
    private const int MacWouldBlock = 35;

    private readonly FileStream _lock;
    private readonly string _path;

    private DataDirectory(string path, FileStream taken) => (_path, _lock) = (path, taken);

    /// <summary>Where the embedded Redis keeps its files.</summary>
    public string Redis => Path.Combine(_path, "redis");

    /// <summary>Makes the directory where it is missing, and takes it.</summary>
    /// <exception cref="FleetException">It cannot be written, or another Fleet has it.</exception>
    [SuppressMessage("Reliability", "CA2000", Justification = "The lock is held until Dispose.")]
    public static DataDirectory Take(string path)
    {
        path = Path.GetFullPath(path);
        try
        {
            Directory.CreateDirectory(path);
            var directory = new DataDirectory(path, Lock(path));
            // All data and the password of Redis will be in there: nobody else's to read.
            Directory.CreateDirectory(directory.Redis, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            directory.StartNewLog();
            // Left by a Fleet that was killed.
            File.Delete(Url(path));
            return directory;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FleetException($"The data folder {path} cannot be written: {e.Message.TrimEnd('.')}. Name another one with --data.", e);
        }
    }

    /// <summary>Writes where Fleet can be reached, for the command line to find.</summary>
    public void Announce(string url) => File.WriteAllText(Url(_path), url + "\n");

    /// <summary>Takes that back, and lets the directory go.</summary>
    public void Dispose()
    {
        File.Delete(Url(_path));
        _lock.Dispose();
    }

    // The system drops this lock with the process, however that ends, so that it never has to be cleared by hand.
    private static FileStream Lock(string path)
    {
        var file = Path.Combine(path, "lock");
        try
        {
            return new FileStream(file, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException e) when (e.HResult is LinuxWouldBlock or MacWouldBlock)
        {
            var url = Url(path);
            var where = File.Exists(url) ? $", at {File.ReadAllText(url).Trim()}" : "";
            throw new FleetException($"Another Fleet already runs on the data folder {path}{where}. Stop that one, or give this one another folder with --data.", e);
        }
    }

    private static string Url(string path) => Path.Combine(path, "url");

    private void StartNewLog()
    {
        var log = new FileInfo(Path.Combine(Redis, "redis.log"));
        if (log.Exists && log.Length > LogKept) log.MoveTo(log.FullName + ".old", overwrite: true);
    }
}
