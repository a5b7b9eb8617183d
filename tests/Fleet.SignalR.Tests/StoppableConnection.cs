using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Abstractions;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.SignalR.Tests;

/// <summary>A connection's transport that takes what it is given, and says it is full when the test says so.</summary>
internal sealed class StoppableConnection
{
    private readonly Writer _writer = new();

    public StoppableConnection()
    {
        var transport = new Transport(new Pipe().Reader, _writer);
        Connection = new DefaultConnectionContext("connection", transport, transport);
        Context = new HubConnectionContext(Connection, new HubConnectionContextOptions(), NullLoggerFactory.Instance) { Protocol = new JsonHubProtocol() };
    }

    public DefaultConnectionContext Connection { get; }

    public HubConnectionContext Context { get; }

    public bool Aborted => Context.ConnectionAborted.IsCancellationRequested;

    /// <summary>What was written, write by write.</summary>
    public IReadOnlyList<string> Writes => _writer.Writes;

    /// <summary>What was written, together.</summary>
    public string Written => string.Concat(Writes);

    /// <summary>From now on it is full after the next write.</summary>
    public void Stop() => _writer.Stop();

    /// <summary>It is no longer full.</summary>
    public void GoOn() => _writer.GoOn();

#pragma warning disable CA2252 // The feature is only looked for.
    public void CountMessages() => Connection.Features.Set<IStatefulReconnectFeature>(new StatefulReconnect());

    private sealed class StatefulReconnect : IStatefulReconnectFeature
    {
        public void OnReconnected(Func<PipeWriter, Task> notifyOnReconnect)
        {
        }

        public void DisableReconnect()
        {
        }
    }
#pragma warning restore CA2252

    private sealed record Transport(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    private sealed class Writer : PipeWriter
    {
        private readonly Lock _lock = new();
        private readonly List<string> _writes = [];
        private TaskCompletionSource? _full;
        private byte[] _buffer = new byte[4096];
        private int _used;

        public IReadOnlyList<string> Writes
        {
            get
            {
                lock (_lock) return [.. _writes];
            }
        }

        public void Stop()
        {
            lock (_lock) _full ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        public void GoOn()
        {
            TaskCompletionSource? full;
            lock (_lock) (full, _full) = (_full, null);
            full?.SetResult();
        }

        public override void Advance(int bytes) => _used += bytes;

        public override Memory<byte> GetMemory(int sizeHint = 0)
        {
            if (_buffer.Length - _used < Math.Max(sizeHint, 1)) Array.Resize(ref _buffer, (_buffer.Length * 2) + sizeHint);
            return _buffer.AsMemory(_used);
        }

        public override Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public override async ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            TaskCompletionSource? full;
            lock (_lock)
            {
                _writes.Add(Encoding.UTF8.GetString(_buffer, 0, _used));
                _used = 0;
                full = _full;
            }

            if (full is not null) await full.Task;
            return default;
        }

        public override void CancelPendingFlush()
        {
        }

        public override void Complete(Exception? exception = null)
        {
        }
    }
}
