using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fleet.Cli.Rendering;

/// <summary>JSON for programs, and JSON for people.</summary>
internal static class JsonText
{
    /// <summary>Writes one document.</summary>
    public static void Document<T>(CliHost host, T value) => host.Out.WriteLine(Pretty(JsonSerializer.SerializeToElement(value, FleetJson.Options)));

    /// <summary>Writes one line of a stream.</summary>
    public static void Line<T>(CliHost host, T value)
    {
        host.Out.WriteLine(JsonSerializer.Serialize(value, FleetJson.Options));
        host.Out.Flush();
    }

    /// <summary>An event as one line of JSON, with the id of its run before what the contract says of an event.</summary>
    public static string Event(RunId run, RunEvent item) => Write(indented: false, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("run", run.ToString());
        foreach (var property in JsonSerializer.SerializeToElement(item, FleetJson.Options).EnumerateObject()) property.WriteTo(writer);
        writer.WriteEndObject();
    });

    /// <summary>JSON over several lines.</summary>
    public static string Pretty(JsonElement value) => Write(indented: true, value.WriteTo);

    /// <summary>JSON on one line.</summary>
    public static string Compact(JsonElement value) => Write(indented: false, value.WriteTo);

    private static string Write(bool indented, Action<Utf8JsonWriter> write)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = indented, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            write(writer);
        return Encoding.UTF8.GetString(buffer.GetBuffer().AsSpan(0, (int)buffer.Length));
    }
}
