using System.Buffers;
using System.Text.Json;

namespace Fleet.Faults.History;

/// <summary>A file that only grows: a line of JSON each, written with one call, and out of this process when <see cref="Write"/> returns.</summary>
internal sealed class Journal(string file) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly FileStream _file = new(file, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0);

    public void Write<T>(T entry)
    {
        var line = new ArrayBufferWriter<byte>(256);
        using (var writer = new Utf8JsonWriter(line)) JsonSerializer.Serialize(writer, entry, FleetJson.Options);
        line.Write("\n"u8);
        lock (_gate) _file.Write(line.WrittenSpan);
    }

    public void Dispose()
    {
        lock (_gate) _file.Dispose();
    }

    /// <summary>What a journal holds; nothing when there is no such file. A last line that was not written whole never counted.</summary>
    public static IEnumerable<T> Read<T>(string file)
    {
        if (!File.Exists(file)) yield break;
        var text = File.ReadAllText(file);
        var begin = 0;
        for (var end = text.IndexOf('\n', StringComparison.Ordinal); end >= 0; end = text.IndexOf('\n', begin))
        {
            yield return JsonSerializer.Deserialize<T>(text.AsSpan(begin, end - begin), FleetJson.Options)!;
            begin = end + 1;
        }
    }
}
