using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Fleet;

/// <summary>
/// Identifies a run: 26 characters of Crockford base32 holding 48 bits of milliseconds since 1970, 10 bits of partition
/// and 70 random bits. Ids sort by creation time, as text and as values, and say where their record lives.
/// </summary>
/// <remarks>Characters 0–9 are the time, 10 and 11 the partition, 12–25 the random part, so each field reads off the text.</remarks>
[JsonConverter(typeof(RunIdJsonConverter))]
public readonly record struct RunId : IComparable<RunId>, ISpanParsable<RunId>
{
    /// <summary>The length of an id's text.</summary>
    public const int TextLength = 26;

    /// <summary>The largest number of partitions an id can name.</summary>
    public const int MaxPartitions = 1 << PartitionBits;

    /// <summary>The partition of Fleet's own background runs: the last one an id can name, which no deployment has for its runs.</summary>
    public const int SystemPartition = MaxPartitions - 1;

    private const int PartitionBits = 10;
    private const int RandomBits = 70;
    private const long MaxMilliseconds = (1L << 48) - 1;
    private const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private const int SeedBytes = 9;
    private static readonly byte[] Values = BuildValues();

    /// <summary>Random bytes for ids to come, and how many of them this thread has used.</summary>
    [ThreadStatic]
    private static byte[]? _random;

    [ThreadStatic]
    private static int _drawn;

    private readonly UInt128 _value;

    private RunId(UInt128 value) => _value = value;

    /// <summary>The partition that holds the run's record, from 0.</summary>
    public int Partition => (int)((ulong)(_value >> RandomBits) & (MaxPartitions - 1));

    /// <summary>When the id was made, in milliseconds since 1970-01-01 UTC.</summary>
    public long UnixMilliseconds => (long)(_value >> (RandomBits + PartitionBits));

    /// <summary>Makes a new id for a run in <paramref name="partition"/>.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970-01-01 UTC, by Redis's clock.</param>
    /// <param name="partition">The partition, from 0 to <see cref="MaxPartitions"/> − 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">An argument does not fit its field.</exception>
    public static RunId New(long unixMilliseconds, int partition)
    {
        // The system gives many random bytes for hardly more than nine cost.
        if (_random is null || _drawn == _random.Length)
        {
            _random ??= new byte[SeedBytes * 64];
            RandomNumberGenerator.Fill(_random);
            _drawn = 0;
        }

        _drawn += SeedBytes;
        return Create(unixMilliseconds, partition, _random.AsSpan(_drawn - SeedBytes, SeedBytes));
    }

    /// <summary>Makes the id that a <paramref name="seed"/> always leads to, so that doing the same thing twice names the same run.</summary>
    /// <param name="unixMilliseconds">Milliseconds since 1970-01-01 UTC, by Redis's clock.</param>
    /// <param name="partition">The partition, from 0 to <see cref="MaxPartitions"/> − 1.</param>
    /// <param name="seed">At least nine bytes that stand for the run, such as a hash.</param>
    public static RunId Create(long unixMilliseconds, int partition, ReadOnlySpan<byte> seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(unixMilliseconds);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(unixMilliseconds, MaxMilliseconds);
        ArgumentOutOfRangeException.ThrowIfNegative(partition);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(partition, MaxPartitions);
        ArgumentOutOfRangeException.ThrowIfLessThan(seed.Length, SeedBytes);

        UInt128 random = 0;
        foreach (var b in seed[..SeedBytes]) random = (random << 8) | b;
        random &= (UInt128.One << RandomBits) - 1;
        return new RunId(((UInt128)(ulong)unixMilliseconds << (RandomBits + PartitionBits))
            | ((UInt128)(uint)partition << RandomBits) | random);
    }

    /// <inheritdoc/>
    public int CompareTo(RunId other) => _value.CompareTo(other._value);

    /// <summary>The id's 26 characters, in upper case.</summary>
    public override string ToString() => string.Create(TextLength, _value, static (text, value) =>
    {
        for (var i = text.Length - 1; i >= 0; i--, value >>= 5) text[i] = Alphabet[(int)((ulong)value & 31)];
    });

    /// <summary>Reads an id in upper or lower case.</summary>
    /// <exception cref="FormatException">The text is not a run id.</exception>
    public static RunId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) => TryParse(s, provider, out var id)
        ? id
        : throw new FormatException($"'{s}' is not a run id: a run id is 26 characters of Crockford base32.");

    /// <inheritdoc cref="Parse(ReadOnlySpan{char}, IFormatProvider?)"/>
    public static RunId Parse(string s, IFormatProvider? provider = null) => Parse(s.AsSpan(), provider);

    /// <inheritdoc/>
    public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? provider, out RunId result)
    {
        result = default;
        // 26 characters carry 130 bits: the first may use only three of its five.
        if (s.Length != TextLength || s[0] is < '0' or > '7') return false;

        UInt128 value = 0;
        foreach (var c in s)
        {
            var digit = c < Values.Length ? Values[c] : byte.MaxValue;
            if (digit == byte.MaxValue) return false;
            value = (value << 5) | digit;
        }

        result = new RunId(value);
        return true;
    }

    /// <inheritdoc/>
    public static bool TryParse([NotNullWhen(true)] string? s, IFormatProvider? provider, out RunId result) =>
        TryParse(s.AsSpan(), provider, out result);

    /// <summary>Reads an id in upper or lower case; false when the text is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? s, out RunId result) => TryParse(s.AsSpan(), null, out result);

    /// <summary>Orders ids by creation time.</summary>
    public static bool operator <(RunId left, RunId right) => left.CompareTo(right) < 0;

    /// <summary>Orders ids by creation time.</summary>
    public static bool operator >(RunId left, RunId right) => left.CompareTo(right) > 0;

    /// <summary>Orders ids by creation time.</summary>
    public static bool operator <=(RunId left, RunId right) => left.CompareTo(right) <= 0;

    /// <summary>Orders ids by creation time.</summary>
    public static bool operator >=(RunId left, RunId right) => left.CompareTo(right) >= 0;

    private static byte[] BuildValues()
    {
        var values = new byte[128];
        Array.Fill(values, byte.MaxValue);
        for (var i = 0; i < Alphabet.Length; i++)
            values[Alphabet[i]] = values[char.ToLowerInvariant(Alphabet[i])] = (byte)i;
        return values;
    }
}

/// <summary>Ids are strings on the wire.</summary>
internal sealed class RunIdJsonConverter : JsonConverter<RunId>
{
    public override RunId Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        RunId.TryParse(reader.GetString(), out var id) ? id : throw new JsonException("not a run id: 26 characters of Crockford base32");

    public override void Write(Utf8JsonWriter writer, RunId value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
