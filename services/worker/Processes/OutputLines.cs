using System.Text;

namespace Fleet.Worker.Processes;

/// <summary>Reads one stream of a command and hands on its lines, in order and without holding more than one piece back.</summary>
/// <remarks>
/// A line longer than <see cref="LongestPiece"/> bytes comes in pieces, never cut inside a character. What is not UTF-8 becomes
/// U+FFFD. A last line without a newline is handed on too.
/// </remarks>
internal sealed class OutputLines(Stream stream, Func<string, ValueTask> writeAsync, TimeProvider time)
{
    public const int LongestPiece = 16 * 1024;

    /// <summary>How long a stream may stay silent once its command is over, when something that got away still holds it open.</summary>
    private static readonly TimeSpan LongestSilence = TimeSpan.FromSeconds(1);

    private readonly byte[] _buffer = new byte[4 * LongestPiece];
    private int _start;
    private int _end;

    /// <summary>Reads until the stream ends, or until it falls silent after the command is over.</summary>
    /// <param name="over">Completes when the command and what it started have ended.</param>
    /// <param name="cancellation">Gives up at once.</param>
    public async Task ReadAsync(Task over, CancellationToken cancellation)
    {
        while (true)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var reading = stream.ReadAsync(_buffer.AsMemory(_end), cancellation).AsTask();
            if (!reading.IsCompleted && !await ComesAsync(reading, over, cancellation)) break;
            var count = await reading;
            if (count == 0) break;
            _end += count;
            while (NextPiece() is { } piece) await writeAsync(piece);
        }

        if (_end > _start) await writeAsync(Encoding.UTF8.GetString(_buffer, _start, _end - _start));
    }

    private async Task<bool> ComesAsync(Task reading, Task over, CancellationToken cancellation)
    {
        await Task.WhenAny(reading, over);
        if (reading.IsCompleted) return true;
        using var silence = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        await Task.WhenAny(reading, Task.Delay(LongestSilence, time, silence.Token));
        await silence.CancelAsync();
        return reading.IsCompleted;
    }

    /// <summary>The next line or piece of one; null when more has to be read first.</summary>
    private string? NextPiece()
    {
        var rest = _buffer.AsSpan(_start, _end - _start);
        var newline = rest.IndexOf((byte)'\n');
        var length = newline < 0 ? rest.Length : newline;
        if (length > LongestPiece)
        {
            var cut = LongestPiece;
            // The first byte of what follows must begin a character; one has at most three bytes that do not.
            while (cut > LongestPiece - 4 && (rest[cut] & 0xC0) == 0x80) cut--;
            if (cut == LongestPiece - 4) cut = LongestPiece;
            _start += cut;
            return Encoding.UTF8.GetString(rest[..cut]);
        }

        if (newline < 0) return null;
        _start += newline + 1;
        var line = rest[..newline];
        return Encoding.UTF8.GetString(line is [.. var text, (byte)'\r'] ? text : line);
    }
}
