using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Fleet.Bench.Fanout.Load;

/// <summary>
/// Linux's epoll, called directly: one thread reads ten thousand connections through one buffer, with one system call a read. The
/// load must cost less than what it measures, on the same machine.
/// </summary>
internal sealed unsafe partial class Epoll : IDisposable
{
    private const int Add = 1;
    private const int Delete = 2;
    private const uint Readable = 1;
    private const int DontWait = 0x40;
    private const int NoSignal = 0x4000;
    private const int MostEvents = 512;
    private const int Again = 11;
    private const int Interrupted = 4;

    // struct epoll_event is packed on x86 and nowhere else: 32 bits of events, then 64 of ours.
    private static readonly bool Packed = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;
    private static readonly int EventSize = Packed ? 12 : 16;
    private static readonly int DataOffset = Packed ? 4 : 8;

    private readonly int _handle = Checked(EpollCreate(0));
    private readonly byte[] _events = GC.AllocateArray<byte>(EventSize * MostEvents, pinned: true);

    /// <summary>Waits for readable sockets and returns how many there are; <see cref="Ready"/> says which.</summary>
    public int Wait(int milliseconds)
    {
        fixed (byte* events = _events)
        {
            var count = EpollWait(_handle, events, MostEvents, milliseconds);
            return count >= 0 || Marshal.GetLastPInvokeError() == Interrupted ? Math.Max(count, 0) : Checked(count);
        }
    }

    /// <summary>The number under which the i-th readable socket was added.</summary>
    public int Ready(int i) => BitConverter.ToInt32(_events, i * EventSize + DataOffset);

    public void Watch(int socket, int number) => Control(Add, socket, number);

    public void Unwatch(int socket) => Control(Delete, socket, 0);

    /// <summary>Reads what is there; 0 at the end of the stream or on an error, -1 when nothing is there.</summary>
    public static int Receive(int socket, Span<byte> buffer)
    {
        fixed (byte* bytes = buffer)
        {
            var count = Recv(socket, bytes, buffer.Length, DontWait);
            return count >= 0 ? (int)count : Marshal.GetLastPInvokeError() is Again or Interrupted ? -1 : 0;
        }
    }

    /// <summary>Sends what has room now; how many bytes, or -1 when the connection is gone.</summary>
    public static int Send(int socket, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* start = bytes)
        {
            var count = Send(socket, start, bytes.Length, DontWait | NoSignal);
            return count >= 0 ? (int)count : Marshal.GetLastPInvokeError() is Again or Interrupted ? 0 : -1;
        }
    }

    public void Dispose() => _ = Close(_handle);

    private void Control(int operation, int socket, int number)
    {
        var change = stackalloc byte[16];
        *(uint*)change = Readable;
        *(long*)(change + DataOffset) = number;
        Checked(EpollControl(_handle, operation, socket, change));
    }

    private static int Checked(int result) => result >= 0 ? result : throw new Win32Exception(Marshal.GetLastPInvokeError());

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    private static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    private static partial int EpollControl(int epoll, int operation, int socket, byte* change);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    private static partial int EpollWait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    private static partial nint Recv(int socket, byte* buffer, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    private static partial nint Send(int socket, byte* bytes, nint length, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
