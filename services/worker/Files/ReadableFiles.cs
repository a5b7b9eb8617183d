using Fleet.Workers;
using Microsoft.Extensions.Options;

namespace Fleet.Worker.Files;

/// <summary>Opens files that jobs may read: those below <see cref="FilesOptions.Root"/>, wherever links lead.</summary>
internal sealed class ReadableFiles(IOptions<FilesOptions> options)
{
    /// <summary>As many links as Linux follows.</summary>
    private const int MostLinks = 40;

    private readonly string _root = Path.GetFullPath(options.Value.Root);

    /// <summary>Where relative paths start: where the worker was started, as whoever types one expects, if that lies below the root.</summary>
    private readonly string _base = BaseBelow(Path.GetFullPath(options.Value.Root));

    /// <summary>Opens a file to read it from beginning to end.</summary>
    /// <exception cref="JobException">It is not there or may not be read, and no retry will mend it.</exception>
    public FileStream Open(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal)) throw JobException.Permanent("path must name a file.");
        var named = Path.GetFullPath(path, _base);
        RequireInside(path, named, _root);
        try
        {
            var real = Resolve(named);
            RequireInside(path, real, Resolve(_root));
            if (Directory.Exists(real)) throw JobException.Permanent($"'{path}' is a directory, not a file.");
            return new FileStream(real, new FileStreamOptions
            {
                Options = FileOptions.SequentialScan | FileOptions.Asynchronous,
                Share = FileShare.ReadWrite | FileShare.Delete,
                BufferSize = 0,
            });
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw JobException.Permanent($"There is no file '{path}' on this worker (looked for {named}).", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw JobException.Permanent($"This worker's user may not read '{path}'.", e);
        }
        catch (PathTooLongException e)
        {
            throw JobException.Permanent($"path is too long: {path.Length} characters.", e);
        }
    }

    private static string BaseBelow(string root) =>
        IsInside(Environment.CurrentDirectory, root) ? Environment.CurrentDirectory : root;

    private static bool IsInside(string full, string root) =>
        full.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static void RequireInside(string path, string full, string root)
    {
        if (!IsInside(full, root)) throw JobException.Permanent($"This worker may not read '{path}': it lies outside of {root} ({FilesOptions.Section}:Root).");
    }

    /// <summary>The path with every link on its way followed.</summary>
    private static string Resolve(string path)
    {
        var links = 0;
        var real = Path.GetPathRoot(path)!;
        var ahead = new Stack<string>(Parts(path));
        while (ahead.TryPop(out var part))
        {
            var next = Path.GetFullPath(Path.Combine(real, part));
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MostLinks) throw JobException.Permanent($"'{path}' leads through more than {MostLinks} links.");
            if (Path.IsPathRooted(target)) real = Path.GetPathRoot(target)!;
            foreach (var inner in Parts(target)) ahead.Push(inner);
        }

        return real;

        // The last part first, as a stack wants it.
        static IEnumerable<string> Parts(string path) =>
            path[Path.GetPathRoot(path)!.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Reverse();
    }
}
