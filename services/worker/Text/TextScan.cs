using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Fleet.Worker.Text;

/// <summary>Counts bytes, lines and words of a UTF-8 text that comes in pieces of any size.</summary>
/// <remarks>
/// A word is a longest run of letters and digits (Unicode's categories L* and Nd), in lower case by the invariant rules. Bytes that are
/// not UTF-8 separate words. Lines are newlines, and one more when the last line has none and is not empty. Words of ASCII
/// letters and digits are counted where they stand in the buffer; all others are put together in lower case first.
/// </remarks>
internal sealed class TextScan
{
    private const byte Separator = 0;
    private const byte AsciiWord = 1;
    private const byte NotAscii = 2;

    private static readonly byte[] Kinds = CreateKinds();
    // Each character below U+10000 in lower case; 0 for what is neither letter nor digit.
    private static readonly Lazy<ushort[]> Lower = new(CreateLower);

    private readonly byte[] _buffer;
    private readonly int _size;
    private readonly WordTable _table;
    // The word under way: its kept part, then a part of the rest that is not yet in the hash.
    private readonly byte[] _word = new byte[2 * WordTable.LongestKept + WordTable.Padding];
    private int _wordLength;
    private ulong _rest;
    // Bytes at the start of the buffer that begin a character whose end is still to come.
    private int _carried;
    private byte _last = (byte)'\n';

    public TextScan(WordTable table, int bufferSize = 256 * 1024)
    {
        _table = table;
        _size = bufferSize;
        _buffer = new byte[bufferSize + 4 + WordTable.Padding];
    }

    public WordTable Table => _table;

    public long Bytes { get; private set; }

    public long Lines { get; private set; }

    public long Words { get; private set; }

    /// <summary>Where the next piece goes; its length then goes to <see cref="Commit"/>.</summary>
    public Memory<byte> Free => _buffer.AsMemory(_carried, _size);

    /// <summary>Counts the piece that was written to <see cref="Free"/>.</summary>
    public void Commit(int count)
    {
        if (count == 0) return;
        var piece = _buffer.AsSpan(_carried, count);
        Bytes += count;
        Lines += piece.Count((byte)'\n');
        _last = piece[^1];
        var end = _carried + count;
        var seen = Scan(end, isLast: false);
        _carried = end - seen;
        _buffer.AsSpan(seen, _carried).CopyTo(_buffer);
    }

    /// <summary>Counts what the end of the text completes.</summary>
    public void Complete()
    {
        _ = Scan(_carried, isLast: true);
        _carried = 0;
        EndWord();
        if (_last != '\n') Lines++;
        _last = (byte)'\n';
    }

    /// <summary>Counts the words in the buffer up to <paramref name="end"/>; returns where a character begins that is not all there.</summary>
    private int Scan(int end, bool isLast)
    {
        var buffer = _buffer;
        var kinds = Kinds;
        var i = 0;
        while (i < end)
        {
            var kind = kinds[buffer[i]];
            if (kind == Separator)
            {
                if (_wordLength > 0) EndWord();
                i++;
            }
            else if (kind == AsciiWord)
            {
                var start = i;
                while (++i < end && kinds[buffer[i]] == AsciiWord)
                {
                }

                var isWhole = _wordLength == 0 && i < end && kinds[buffer[i]] == Separator && i - start <= WordTable.LongestKept;
                if (isWhole)
                {
                    _table.Add(ref buffer[start], i - start, WordTable.AsciiLower);
                    Words++;
                }
                else
                {
                    foreach (var letter in buffer.AsSpan(start, i - start)) Append((byte)(letter | 0x20));
                }
            }
            else
            {
                var status = Rune.DecodeFromUtf8(buffer.AsSpan(i, end - i), out var rune, out var length);
                if (status == OperationStatus.NeedMoreData && !isLast) break;
                i += length;
                if (status == OperationStatus.Done) Add(rune);
                else EndWord();
            }
        }

        return i;
    }

    private void Add(Rune rune)
    {
        if (rune.IsBmp)
        {
            var lower = Lower.Value[rune.Value];
            if (lower == 0) EndWord();
            else Append(new Rune(lower));
        }
        else if (Rune.IsLetterOrDigit(rune)) Append(Rune.ToLowerInvariant(rune));
        else EndWord();
    }

    private void Append(Rune rune)
    {
        Span<byte> bytes = stackalloc byte[4];
        foreach (var part in bytes[..rune.EncodeToUtf8(bytes)]) Append(part);
    }

    private void Append(byte part)
    {
        if (_wordLength == 2 * WordTable.LongestKept) FoldRest();
        _word[_wordLength++] = part;
    }

    private void EndWord()
    {
        if (_wordLength == 0) return;
        if (_wordLength > WordTable.LongestKept) FoldRest();
        _table.Add(ref MemoryMarshal.GetArrayDataReference(_word), _wordLength, rest: _rest);
        Words++;
        _wordLength = 0;
        _rest = 0;
    }

    /// <summary>Puts what lies beyond the kept part into the hash, so that a word of any length takes no more room.</summary>
    private void FoldRest()
    {
        _rest = _table.Hash(ref _word[WordTable.LongestKept], _wordLength - WordTable.LongestKept, _rest);
        _wordLength = WordTable.LongestKept;
    }

    private static byte[] CreateKinds()
    {
        var kinds = new byte[256];
        for (var i = 0; i < kinds.Length; i++) kinds[i] = i >= 0x80 ? NotAscii : char.IsAsciiLetterOrDigit((char)i) ? AsciiWord : Separator;
        return kinds;
    }

    private static ushort[] CreateLower()
    {
        var lower = new ushort[0x10000];
        for (var i = 0; i < lower.Length; i++)
        {
            if (Rune.TryCreate((char)i, out var rune) && Rune.IsLetterOrDigit(rune)) lower[i] = (ushort)Rune.ToLowerInvariant(rune).Value;
        }

        return lower;
    }
}
