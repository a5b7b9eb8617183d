using System.IO.Pipelines;

namespace Pipelines.Sockets.Unofficial;

/// <summary>Makes pipes of streams.</summary>
public static class StreamConnection
{
    /// <summary>
    /// Makes pipes of a stream that reads and writes at the same time, which the pipes then own. They end as those of a
    /// <see cref="SocketConnection"/> do.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="sendPipeOptions">Options of the output; <see langword="null"/> for defaults.</param>
    /// <param name="receivePipeOptions">Options of the input; <see langword="null"/> for defaults.</param>
    /// <param name="name">What to call the connection.</param>
    /// <returns>An <see cref="IMeasuredDuplexPipe"/> to dispose, its loops running.</returns>
    /// <exception cref="ArgumentException">The stream does not both read and write.</exception>
    public static IDuplexPipe GetDuplex(Stream stream, PipeOptions? sendPipeOptions, PipeOptions? receivePipeOptions, string? name)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (!stream.CanRead || !stream.CanWrite) throw new ArgumentException("The stream must read and write.", nameof(stream));
        return new StreamDuplex(stream, sendPipeOptions, receivePipeOptions, name);
    }

    /// <summary>Makes a reader of a stream, which stays the caller's; it reads from it only when it is read from.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="pipeOptions">Whose pool and segment size to use; <see langword="null"/> for defaults.</param>
    /// <param name="name">Not used: a reader has no name to show.</param>
    /// <returns>The reader.</returns>
    public static PipeReader GetReader(Stream stream, PipeOptions? pipeOptions, string? name)
    {
        _ = name;
        var options = pipeOptions is null
            ? new StreamPipeReaderOptions(leaveOpen: true)
            : new StreamPipeReaderOptions(pipeOptions.Pool, pipeOptions.MinimumSegmentSize, leaveOpen: true);
        return PipeReader.Create(stream, options);
    }
}
