using System.Buffers.Text;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fleet.Bench.Api;

/// <summary>
/// One HTTP/1.1 connection that sends a request when the answer to the last one is complete. It is a bare socket, because on a machine of
/// two cores the load must take as little as it can from what is measured.
/// </summary>
internal sealed class HttpCaller : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private byte[] _answer = new byte[16 * 1024];
    private int _filled;

    public async Task ConnectAsync(IPEndPoint endPoint) => await _socket.ConnectAsync(endPoint);

    /// <summary>A POST, ready to be sent any number of times.</summary>
    public static byte[] Post(string path, string contentType, ReadOnlySpan<byte> body)
    {
        var head = string.Create(CultureInfo.InvariantCulture,
            $"POST {path} HTTP/1.1\r\nHost: fleet\r\nContent-Type: {contentType}\r\nContent-Length: {body.Length}\r\n\r\n");
        return [.. Encoding.ASCII.GetBytes(head), .. body];
    }

    /// <summary>Sends a request and reads its answer; the body is valid until the next call.</summary>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> CallAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        _filled = 0;
        while (true)
        {
            if (_filled == _answer.Length) Array.Resize(ref _answer, _answer.Length * 2);
            var read = await _socket.ReceiveAsync(_answer.AsMemory(_filled));
            if (read == 0) throw new MeasurementException("The API closed a connection.");
            _filled += read;
            if (HttpAnswer.TryRead(_answer.AsSpan(0, _filled), out var answer)) return (answer.Status, _answer.AsMemory(answer.Body));
        }
    }

    public void Dispose() => _socket.Dispose();
}

/// <summary>An answer that has arrived completely.</summary>
internal readonly record struct HttpAnswer(int Status, Range Body)
{
    private const int StatusStart = 9;

    /// <summary>Reads an answer; false while some of it has not arrived. A chunked body is given with its chunks' lengths in it.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out HttpAnswer answer)
    {
        answer = default;
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0 || !Utf8Parser.TryParse(bytes[StatusStart..], out int status, out _)) return false;
        var body = end + 4;
        var until = bytes.Length;
        var length = bytes[..end].IndexOf("Content-Length: "u8);
        if (length >= 0)
        {
            if (!Utf8Parser.TryParse(bytes[(length + "Content-Length: ".Length)..], out int count, out _)) return false;
            until = body + count;
        }
        else if (!bytes[body..].EndsWith("0\r\n\r\n"u8))
        {
            return false;
        }

        answer = new HttpAnswer(status, body..until);
        return until <= bytes.Length;
    }
}
