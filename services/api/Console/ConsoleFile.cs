using System.IO.Compression;
using System.Security.Cryptography;

namespace Fleet.Api.Console;

/// <summary>One file of the console, with what is sent of it to browsers that take it compressed.</summary>
/// <param name="ContentType">Its media type.</param>
/// <param name="ETag">Its entity tag, by its content.</param>
/// <param name="Plain">Its bytes.</param>
/// <param name="Brotli">The same compressed; null where that gains nothing.</param>
/// <param name="Gzip">The same for those that read no Brotli.</param>
internal sealed record ConsoleFile(string ContentType, string ETag, byte[] Plain, byte[]? Brotli, byte[]? Gzip)
{
    /// <summary>What the build has compressed already lies beside the file.</summary>
    public static ConsoleFile Read(string path)
    {
        var plain = File.ReadAllBytes(path);
        return new ConsoleFile(TypeOf(path), TagOf(plain), plain, ReadOrNull(path + ".br"), ReadOrNull(path + ".gz"));
    }

    /// <summary>A file that is made at the start, too small to spend time on.</summary>
    public static ConsoleFile Of(string path, byte[] plain)
    {
        using var gzip = new MemoryStream();
        using (var compressor = new GZipStream(gzip, CompressionLevel.SmallestSize, leaveOpen: true)) compressor.Write(plain);
        return new ConsoleFile(TypeOf(path), TagOf(plain), plain, null, gzip.ToArray());
    }

    private static byte[]? ReadOrNull(string path) => File.Exists(path) ? File.ReadAllBytes(path) : null;

    private static string TagOf(byte[] content) => $"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 12))}\"";

    private static string TypeOf(string path) => Path.GetExtension(path) switch
    {
        ".html" => "text/html; charset=utf-8",
        ".js" => "text/javascript; charset=utf-8",
        ".css" => "text/css; charset=utf-8",
        ".svg" => "image/svg+xml",
        ".json" => "application/json",
        ".webmanifest" => "application/manifest+json",
        ".png" => "image/png",
        ".woff2" => "font/woff2",
        _ => "application/octet-stream",
    };
}
