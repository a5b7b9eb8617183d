using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;

namespace Fleet.Worker.Text;

/// <summary>Counts words within a fixed amount of memory.</summary>
/// <remarks>
/// <para>While the distinct words fit, all counts are exact. When they no longer do, the rarer half is dropped (lossy counting): a word
/// that comes later may have been dropped before, so its count may be too low by at most <see cref="MostMissed"/>, and every word that
/// occurs more often than that is still here. From then on <see cref="Distinct"/> is an estimate.</para>
/// <para>A text of ordinary words takes a few megabytes; one that reaches the bounds takes about 200 MB, however long it is.</para>
/// <para>Keys are UTF-8 bytes, compared and hashed eight at a time. Words longer than <see cref="LongestKept"/> bytes are kept cut off and told
/// apart by a hash of the rest. The hash is seeded per table, so that no text can be made whose words all collide.</para>
/// </remarks>
internal sealed class WordTable(int mostWords = WordTable.DefaultMostWords, int mostBytes = WordTable.DefaultMostBytes)
{
    public const int DefaultMostWords = 2_000_000;
    public const int DefaultMostBytes = 64 * 1024 * 1024;

    /// <summary>How many bytes of a word are kept.</summary>
    public const int LongestKept = 256;

    /// <summary>How many bytes after a word must be readable, because words are read eight bytes at a time.</summary>
    public const int Padding = 8;

    /// <summary>To add ASCII letters and digits as they stand: this bit makes letters lower case and is set in digits already.</summary>
    public const ulong AsciiLower = 0x2020202020202020;

    private const ulong Prime1 = 0x9E3779B97F4A7C15;
    private const ulong Prime2 = 0xE7037ED1A0B428DB;

    private readonly ulong _seed = BinaryPrimitives.ReadUInt64LittleEndian(RandomNumberGenerator.GetBytes(8));
    // The upper half of the hash, and the entry's index + 1: most misses are seen without looking at the entry.
    private ulong[] _slots = new ulong[1024];
    private Entry[] _entries = new Entry[512];
    private byte[] _bytes = new byte[16 * 1024];
    private int _count;
    private int _bytesUsed;
    private DistinctEstimate? _estimate;

    /// <summary>Whether every count is exact.</summary>
    public bool IsExact => _estimate is null;

    /// <summary>By how much a count may be too low.</summary>
    public long MostMissed { get; private set; }

    /// <summary>How many distinct words there were; an estimate unless <see cref="IsExact"/>.</summary>
    public long Distinct => _estimate is null ? _count : Math.Max(_count, _estimate.Count);

    /// <summary>A hash of bytes that are in lower case already, for what lies beyond <see cref="LongestKept"/>.</summary>
    public ulong Hash(ref byte bytes, int length, ulong before) => HashOf(ref bytes, length, 0, before ^ _seed);

    /// <summary>Counts a word.</summary>
    /// <param name="word">Its first byte; <see cref="Padding"/> more bytes than the word has can be read.</param>
    /// <param name="length">Its length, at most <see cref="LongestKept"/>.</param>
    /// <param name="lower">Bits to set in every byte: <see cref="AsciiLower"/>, or 0 when it is in lower case already.</param>
    /// <param name="rest">A hash of what was cut off; 0 when it is whole.</param>
    public void Add(ref byte word, int length, ulong lower = 0, ulong rest = 0)
    {
        var hash = HashOf(ref word, length, lower, _seed) ^ rest;
        var slots = _slots;
        var mask = slots.Length - 1;
        for (var at = (int)hash & mask; ; at = (at + 1) & mask)
        {
            var slot = slots[at];
            if (slot == 0) break;
            if ((slot ^ hash) >> 32 != 0) continue;
            ref var entry = ref _entries[(int)(uint)slot - 1];
            if (entry.Hash == hash && entry.Length == length && IsSame(ref word, length, lower, entry.Offset))
            {
                entry.Count++;
                return;
            }
        }

        Insert(ref word, length, lower, hash, isCut: rest != 0);
    }

    /// <summary>The words that occurred most, the most frequent first; those that occurred equally often by their bytes.</summary>
    public IReadOnlyList<WordCount> Top(int count)
    {
        var best = new PriorityQueue<int, int>(count + 1, Comparer<int>.Create((left, right) => CompareRank(right, left)));
        for (var i = 0; i < _count && count > 0; i++)
        {
            if (best.Count < count) best.Enqueue(i, i);
            else best.EnqueueDequeue(i, i);
        }

        var top = new WordCount[best.Count];
        for (var i = top.Length - 1; i >= 0; i--)
        {
            ref var entry = ref _entries[best.Dequeue()];
            top[i] = new WordCount(TextOf(entry), entry.Count);
        }

        return top;
    }

    private int CompareRank(int left, int right)
    {
        ref var a = ref _entries[left];
        ref var b = ref _entries[right];
        return a.Count != b.Count
            ? b.Count.CompareTo(a.Count)
            : _bytes.AsSpan(a.Offset, a.Length).SequenceCompareTo(_bytes.AsSpan(b.Offset, b.Length));
    }

    private string TextOf(in Entry entry)
    {
        var bytes = _bytes.AsSpan(entry.Offset, entry.Length);
        if (!entry.IsCut) return Encoding.UTF8.GetString(bytes);
        // A character that was cut in two is left out.
        while (Rune.DecodeLastFromUtf8(bytes, out _, out var last) != System.Buffers.OperationStatus.Done) bytes = bytes[..^last];
        return Encoding.UTF8.GetString(bytes) + "…";
    }

    private void Insert(ref byte word, int length, ulong lower, ulong hash, bool isCut)
    {
        while (_count == mostWords || _bytesUsed + length > mostBytes) DropRarerHalf();
        if (_count == _entries.Length) Array.Resize(ref _entries, Math.Min(_count * 2, mostWords));
        if (_bytesUsed + length + Padding > _bytes.Length) Array.Resize(ref _bytes, Math.Min(_bytes.Length * 2, mostBytes + Padding));
        if (_count * 2 >= _slots.Length) Rehash(_slots.Length * 2);

        for (var i = 0; i < length; i++) _bytes[_bytesUsed + i] = (byte)(Unsafe.Add(ref word, i) | (byte)lower);
        _entries[_count] = new Entry { Hash = hash, Count = 1, Missed = MostMissed, Offset = _bytesUsed, Length = (ushort)length, IsCut = isCut };
        _bytesUsed += length;
        Place(_count++);
        _estimate?.Add(hash);
    }

    private void Place(int index)
    {
        var hash = _entries[index].Hash;
        var mask = _slots.Length - 1;
        var at = (int)hash & mask;
        while (_slots[at] != 0) at = (at + 1) & mask;
        _slots[at] = (hash & 0xFFFFFFFF00000000) | (uint)(index + 1);
    }

    private void Rehash(int size)
    {
        if (size == _slots.Length) Array.Clear(_slots);
        else _slots = new ulong[size];
        for (var i = 0; i < _count; i++) Place(i);
    }

    private void DropRarerHalf()
    {
        if (_estimate is null)
        {
            _estimate = new DistinctEstimate();
            for (var i = 0; i < _count; i++) _estimate.Add(_entries[i].Hash);
        }

        var atMost = new long[_count];
        for (var i = 0; i < _count; i++) atMost[i] = _entries[i].Count + _entries[i].Missed;
        Array.Sort(atMost);
        MostMissed = atMost[(_count - 1) / 2];

        // Entries stand in the order of their bytes, so both can be moved up in place.
        var kept = 0;
        _bytesUsed = 0;
        for (var i = 0; i < _count; i++)
        {
            var entry = _entries[i];
            if (entry.Count + entry.Missed <= MostMissed) continue;
            Array.Copy(_bytes, entry.Offset, _bytes, _bytesUsed, entry.Length);
            entry.Offset = _bytesUsed;
            _bytesUsed += entry.Length;
            _entries[kept++] = entry;
        }

        _count = kept;
        Rehash(_slots.Length);
    }

    private bool IsSame(ref byte word, int length, ulong lower, int offset)
    {
        ref var kept = ref _bytes[offset];
        var i = 0;
        for (; length - i > 8; i += 8)
        {
            if ((Read(ref word, i) | lower) != Read(ref kept, i)) return false;
        }

        return (((Read(ref word, i) | lower) ^ Read(ref kept, i)) & First(length - i)) == 0;
    }

    private static ulong HashOf(ref byte word, int length, ulong lower, ulong before)
    {
        var hash = before ^ ((ulong)length * Prime1);
        var i = 0;
        for (; length - i > 8; i += 8) hash = Mix(hash ^ (Read(ref word, i) | lower), Prime2);
        return Mix(Mix(hash ^ ((Read(ref word, i) | lower) & First(length - i)), Prime2), Prime1);
    }

    private static ulong Mix(ulong a, ulong b)
    {
        var high = Math.BigMul(a, b, out var low);
        return high ^ low;
    }

    /// <summary>A mask of the first bytes, 1 to 8.</summary>
    private static ulong First(int count) => ulong.MaxValue >> (64 - count * 8);

    private static ulong Read(ref byte bytes, int at)
    {
        var value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref bytes, at));
        return BitConverter.IsLittleEndian ? value : BinaryPrimitives.ReverseEndianness(value);
    }

    private struct Entry
    {
        public ulong Hash;
        public long Count;
        public long Missed;
        public int Offset;
        public ushort Length;
        public bool IsCut;
    }
}

/// <summary>How often a word occurred.</summary>
/// <param name="Word">The word in lower case; its first 256 bytes and "…" when it is longer.</param>
/// <param name="Count">How often.</param>
internal sealed record WordCount(string Word, long Count);
