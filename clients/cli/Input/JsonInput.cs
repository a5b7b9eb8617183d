using System.Text.Json;

namespace Fleet.Cli.Input;

/// <summary>Reads a run's input from where the caller says: the argument itself, a file, or standard input.</summary>
internal static class JsonInput
{
    public static async Task<JsonElement?> ReadAsync(string? source, CliHost host, CancellationToken cancellation, string option = "--input")
    {
        if (source is null) return null;
        var (text, origin) = source switch
        {
            "-" => (await host.In().ReadToEndAsync(cancellation), "standard input"),
            ['@', .. var path] => (await ReadFileAsync(path, option, host, cancellation), path),
            _ => (source, "--input"),
        };

        try
        {
            return JsonElement.Parse(text);
        }
        catch (JsonException e)
        {
            var hint = origin == "--input" ? """ Put it in single quotes: --input '{"text":"hello"}'; or give a file: --input @input.json""" : "";
            throw new UsageException($"What {origin} holds is not JSON (line {e.LineNumber + 1}, character {e.BytePositionInLine + 1}).{hint}");
        }
    }

    private static async Task<string> ReadFileAsync(string path, string option, CliHost host, CancellationToken cancellation)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(host.Directory, path), cancellation);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            throw new UsageException($"{option}: cannot read '{path}': {e.Message}");
        }
    }
}
