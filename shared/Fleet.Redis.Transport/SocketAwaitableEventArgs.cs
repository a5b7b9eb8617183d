using System.IO.Pipelines;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace Pipelines.Sockets.Unofficial;

/// <summary>
/// A socket operation to await, then to use again. If the socket answers at once, call <see cref="Complete"/>; either way,
/// await.
/// </summary>
public sealed class SocketAwaitableEventArgs : SocketAsyncEventArgs, ICriticalNotifyCompletion
{
    private const int Pending = int.MinValue;

    // Stands in the continuation's place once the outcome is known.
    private static readonly Action _known = static () => { };

    private readonly PipeScheduler? _scheduler;
    private Action? _continuation;
    private int _outcome = Pending;
    private bool _aborted;

    /// <summary>Creates it.</summary>
    /// <param name="scheduler">Where to go on after the await; <see langword="null"/> for wherever the outcome became known.</param>
    public SocketAwaitableEventArgs(PipeScheduler? scheduler)
        : base(true) => _scheduler = scheduler;

    /// <summary>Whether the outcome is known.</summary>
    public bool IsCompleted => ReferenceEquals(Volatile.Read(ref _continuation), _known);

    /// <summary>Itself.</summary>
    /// <returns>This.</returns>
    public SocketAwaitableEventArgs GetAwaiter() => this;

    /// <summary>The outcome; the object is then ready for its next operation, unless it was aborted.</summary>
    /// <returns>How many bytes went over the wire.</returns>
    /// <exception cref="SocketException">The operation failed, or was aborted.</exception>
    public int GetResult()
    {
        var error = (SocketError)_outcome;
        if (!_aborted)
        {
            // In this order: whoever completes next must find the outcome pending.
            _continuation = null;
            Volatile.Write(ref _outcome, Pending);
        }
        return error == SocketError.Success ? BytesTransferred : throw new SocketException((int)error);
    }

    /// <summary>Says that the operation ended at once, with the outcome that the properties hold.</summary>
    public void Complete() => TryEnd(SocketError);

    /// <summary>
    /// Ends the await with an error, unless the outcome is known already. The operation itself may still be under way, so an
    /// aborted object is not for use again.
    /// </summary>
    /// <param name="error">The error that the await throws.</param>
    public void Abort(SocketError error)
    {
        if (Volatile.Read(ref _outcome) != Pending) return;
        _aborted = true;
        TryEnd(error == SocketError.Success ? SocketError.OperationAborted : error);
    }

    /// <inheritdoc/>
    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    /// <inheritdoc/>
    public void UnsafeOnCompleted(Action continuation)
    {
        if (Interlocked.CompareExchange(ref _continuation, continuation, null) is not null) GoOn(continuation);
    }

    /// <inheritdoc/>
    protected override void OnCompleted(SocketAsyncEventArgs e) => TryEnd(e is null ? SocketError.OperationAborted : e.SocketError);

    private void TryEnd(SocketError error)
    {
        if (Interlocked.CompareExchange(ref _outcome, (int)error, Pending) != Pending) return;
        if (Interlocked.Exchange(ref _continuation, _known) is { } waiting) GoOn(waiting);
    }

    private void GoOn(Action continuation)
    {
        if (_scheduler is null)
            continuation();
        else
            _scheduler.Schedule(static state => ((Action)state!)(), continuation);
    }
}
