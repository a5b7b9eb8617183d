using System.Text;

namespace Fleet.Worker.Http;

/// <summary>The beginning of a response's body as text.</summary>
/// <param name="Text">The text, never cut inside a character.</param>
/// <param name="Truncated">Whether there was more.</param>
internal sealed record ResponseText(string Text, bool Truncated)
{
    public const int MostBytes = 64 * 1024;

    /// <summary>Reads at most <see cref="MostBytes"/> bytes, as the charset that the response names or else as UTF-8.</summary>
    public static async Task<ResponseText> ReadAsync(HttpContent content, CancellationToken cancellation)
    {
        await using var stream = await content.ReadAsStreamAsync(cancellation);
        var buffer = new byte[MostBytes + 1];
        var count = await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, cancellation);
        var truncated = count > MostBytes;

        // A decoder that is not flushed keeps back a character whose end was cut off.
        var decoder = EncodingOf(content).GetDecoder();
        var bytes = buffer.AsSpan(0, Math.Min(count, MostBytes));
        var characters = new char[decoder.GetCharCount(bytes, flush: !truncated)];
        var length = decoder.GetChars(bytes, characters, flush: !truncated);
        return new ResponseText(new string(characters, 0, length).TrimStart('\uFEFF'), truncated);
    }

    private static Encoding EncodingOf(HttpContent content)
    {
        try
        {
            return content.Headers.ContentType?.CharSet is { } name ? Encoding.GetEncoding(name.Trim('"')) : Encoding.UTF8;
        }
        catch (ArgumentException)
        {
            return Encoding.UTF8;
        }
    }
}
