using System.Buffers;
using System.Runtime.InteropServices;

namespace Fleet.Redis.Transport.Tests;

/// <summary>Memory that is no array.</summary>
internal sealed class NativeMemoryPool : MemoryPool<byte>
{
    public override int MaxBufferSize => 1 << 20;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(minBufferSize < 1 ? 4096 : minBufferSize);

    protected override void Dispose(bool disposing)
    {
    }

    private sealed unsafe class Block(int length) : MemoryManager<byte>
    {
        private void* _memory = NativeMemory.AllocZeroed((nuint)length);

        public override Span<byte> GetSpan() => new(_memory, length);

        public override MemoryHandle Pin(int elementIndex = 0) => new((byte*)_memory + elementIndex, pinnable: this);

        public override void Unpin()
        {
        }

        protected override void Dispose(bool disposing)
        {
            NativeMemory.Free(_memory);
            _memory = null;
        }
    }
}
