using System.Buffers;

namespace Fleet.SignalR.Connections;

/// <summary>Bytes that grow in arrays of the shared pool, and go back there.</summary>
internal sealed class PooledBuffer : IBufferWriter<byte>, IDisposable
{
    private const int Least = 4096;

    private byte[] _array = ArrayPool<byte>.Shared.Rent(Least);

    /// <summary>How many bytes there are; setting it to fewer takes the last ones back.</summary>
    public int Length { get; set; }

    /// <summary>The bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _array.AsMemory(0, Length);

    public void Advance(int count) => Length += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        var needed = Length + Math.Max(sizeHint, 1);
        if (needed > _array.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, _array.Length * 2));
            _array.AsSpan(0, Length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_array);
            _array = larger;
        }

        return _array.AsMemory(Length);
    }

    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    public void Dispose()
    {
        ArrayPool<byte>.Shared.Return(_array);
        _array = [];
        Length = 0;
    }
}
