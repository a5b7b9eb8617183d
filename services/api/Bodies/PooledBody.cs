using System.Buffers;
using System.Globalization;
using Fleet.Engine.Hosting;
using Microsoft.AspNetCore.Http.Features;

namespace Fleet.Api.Bodies;

/// <summary>A request's whole body in a borrowed buffer, which goes back with <see cref="Dispose"/>.</summary>
internal sealed class PooledBody : IDisposable
{
    private const int FirstSize = 4096;

    private byte[] _buffer;
    private int _length;

    private PooledBody(int size) => _buffer = ArrayPool<byte>.Shared.Rent(size);

    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _length);

    /// <summary>Reads the body.</summary>
    /// <param name="request">The request.</param>
    /// <param name="most">How many bytes it may have.</param>
    /// <param name="limit">Which limit that is, for the error.</param>
    /// <exception cref="ProblemException">It is larger.</exception>
    public static async ValueTask<PooledBody> ReadAsync(HttpRequest request, int most, string limit)
    {
        if (request.ContentLength > most) throw TooLarge(request.ContentLength.Value.ToString(CultureInfo.InvariantCulture), most, limit);
        // The server's own limit would answer before this one, in other words.
        if (request.HttpContext.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size) size.MaxRequestBodySize = null;

        var body = new PooledBody((int)(request.ContentLength ?? FirstSize) + 1);
        try
        {
            while (await request.Body.ReadAsync(body._buffer.AsMemory(body._length), request.HttpContext.RequestAborted) is var read and > 0)
            {
                body._length += read;
                if (body._length > most) throw TooLarge($"more than {most}", most, limit);
                if (body._length == body._buffer.Length) body.Grow();
            }

            return body;
        }
        catch
        {
            body.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        _length = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_buffer.Length * 2);
        _buffer.AsSpan(0, _length).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = larger;
    }

    private static ProblemException TooLarge(string size, int most, string limit) =>
        new(FleetProblems.PayloadTooLarge($"The body has {size} bytes; it may have {most} ({limit})."));
}
