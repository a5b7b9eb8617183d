using System.Collections.Frozen;
using System.Net;
using System.Text;
using Microsoft.Extensions.Options;

namespace Fleet.Api.Console;

/// <summary>The console as it was built, read once: it is a few hundred kilobytes.</summary>
internal sealed class ConsoleFiles
{
    private const string Index = "index.html";

    /// <summary>Where the page looks for the notifier's address. Without one it asks where it came from.</summary>
    private const string NotifierMark = "<meta name=\"fleet-notifier\" content=\"\"";

    private readonly FrozenDictionary<string, ConsoleFile> _files;

    public ConsoleFiles(IOptions<ApiOptions> options)
    {
        var folder = options.Value.Console ?? Path.Combine(AppContext.BaseDirectory, "console");
        Notifier = options.Value.Notifier?.TrimEnd('/');
        _files = (Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories) : [])
            .Where(path => Path.GetExtension(path) is not (".br" or ".gz"))
            .ToFrozenDictionary(path => Path.GetRelativePath(folder, path).Replace('\\', '/'), Read, StringComparer.Ordinal);
    }

    /// <summary>Where the notifier is, without a slash at the end; null where it is this very address.</summary>
    public string? Notifier { get; }

    /// <summary>The page; null where the console was not built.</summary>
    public ConsoleFile? Page => Find(Index);

    /// <summary>A file by its path; null when there is none.</summary>
    public ConsoleFile? Find(string path) => _files.GetValueOrDefault(path);

    private ConsoleFile Read(string path)
    {
        if (Notifier is null || Path.GetFileName(path) != Index) return ConsoleFile.Read(path);
        var address = $"{NotifierMark[..^1]}{WebUtility.HtmlEncode(Notifier)}\"";
        return ConsoleFile.Of(path, Encoding.UTF8.GetBytes(File.ReadAllText(path).Replace(NotifierMark, address, StringComparison.Ordinal)));
    }
}
