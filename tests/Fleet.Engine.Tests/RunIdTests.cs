using System.Collections.Concurrent;
using System.Text.Json;
using FsCheck;
using FsCheck.Fluent;

namespace Fleet.Engine.Tests;

public sealed class RunIdTests
{
    private const long MostMilliseconds = (1L << 48) - 1;

    private static readonly Gen<(long At, int Partition, byte[] Seed)> _parts =
        from high in Gen.Choose(0, (1 << 24) - 1)
        from low in Gen.Choose(0, (1 << 24) - 1)
        from partition in Gen.Choose(0, RunId.MaxPartitions - 1)
        from seed in Gen.ArrayOf(Gen.Choose(0, 255), 9)
        select (((long)high << 24) | (uint)low, partition, seed.Select(b => (byte)b).ToArray());

    [Fact]
    public void Id_is_written_as_frozen()
    {
        var id = RunId.Create(1_700_000_000_123, 5, [0x3F, 1, 2, 3, 4, 5, 6, 7, 8]);
        Assert.Equal(Golden, id.ToString());
    }

    [Fact]
    public void Extremes_are_written_and_read()
    {
        Assert.Equal(new string('0', 26), RunId.Create(0, 0, new byte[9]).ToString());
        var last = RunId.Create(MostMilliseconds, RunId.MaxPartitions - 1, [.. Enumerable.Repeat((byte)255, 9)]);
        Assert.Equal("7" + new string('Z', 25), last.ToString());
        Assert.Equal(last, RunId.Parse(last.ToString()));
    }

    [Fact]
    public void Every_id_comes_back_from_its_text_with_time_and_partition() => Check(_parts, parts =>
    {
        var id = RunId.Create(parts.At, parts.Partition, parts.Seed);
        var read = RunId.Parse(id.ToString());
        return read == id && read.UnixMilliseconds == parts.At && read.Partition == parts.Partition && id.ToString().Length == RunId.TextLength;
    });

    [Fact]
    public void Ids_sort_by_time_as_text_and_as_values() => Check(Gen.Two(_parts), pair =>
    {
        var a = RunId.Create(pair.Item1.At, pair.Item1.Partition, pair.Item1.Seed);
        var b = RunId.Create(pair.Item2.At, pair.Item2.Partition, pair.Item2.Seed);
        var asText = Math.Sign(string.CompareOrdinal(a.ToString(), b.ToString()));
        var byTime = pair.Item1.At.CompareTo(pair.Item2.At);
        return asText == Math.Sign(a.CompareTo(b)) && (byTime == 0 || asText == byTime) && a < b == asText < 0 && a > b == asText > 0
            && a <= b == asText <= 0 && a >= b == asText >= 0;
    });

    [Fact]
    public void Partition_stands_in_the_two_characters_after_the_time() => Check(_parts, parts =>
    {
        var text = RunId.Create(parts.At, parts.Partition, parts.Seed).ToString();
        var other = RunId.Create(parts.At, parts.Partition, [.. parts.Seed.Select(b => (byte)~b)]).ToString();
        return text[..12] == other[..12] && text[12..] != other[12..];
    });

    [Fact]
    public void New_ids_of_one_moment_differ_whichever_thread_makes_them()
    {
        var ids = new ConcurrentDictionary<RunId, bool>();
        Parallel.For(0, 10_000, _ => ids.TryAdd(RunId.New(1, 0), true));
        Assert.Equal(10_000, ids.Count);
        // Nor are they alike: each of the 14 random characters is each of the 32 about equally often.
        var text = ids.Keys.Select(id => id.ToString()).ToList();
        for (var i = 12; i < RunId.TextLength; i++) Assert.All(text.CountBy(id => id[i]), digit => Assert.InRange(digit.Value, 200, 430));
    }

    [Fact]
    public void Lower_case_is_read_as_upper_case() => Check(_parts, parts =>
    {
        var id = RunId.Create(parts.At, parts.Partition, parts.Seed);
#pragma warning disable CA1308 // What is tested is lower case.
        return RunId.Parse(id.ToString().ToLowerInvariant()) == id;
#pragma warning restore CA1308
    });

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("0")]
    [InlineData("0000000000000000000000000")]
    [InlineData("000000000000000000000000000")]
    [InlineData("80000000000000000000000000")]
    [InlineData("Z0000000000000000000000000")]
    [InlineData("0000000000000000000000000I")]
    [InlineData("0000000000000000000000000L")]
    [InlineData("0000000000000000000000000O")]
    [InlineData("0000000000000000000000000U")]
    [InlineData("0000000000000000000000000u")]
    [InlineData(" 0000000000000000000000000")]
    [InlineData("0000000000000000000000000 ")]
    [InlineData("0000000000000000000000000\n")]
    [InlineData("000000000000-0000000000000")]
    [InlineData("0000000000000000000000000é")]
    [InlineData("0000000000000000000000000\uFF10")]
    [InlineData("0000000000000000000000000\0")]
    public void Text_that_is_not_an_id_is_refused(string? text)
    {
        Assert.False(RunId.TryParse(text, out var id));
        Assert.Equal(default, id);
        Assert.Throws<FormatException>(() => RunId.Parse(text ?? ""));
        Assert.Throws<JsonException>(() => JsonSerializer.Deserialize<RunId>(JsonSerializer.Serialize(text)));
    }

    [Fact]
    public void Every_other_character_is_refused_at_every_place()
    {
        const string Alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz";
        var id = new string('0', 26);
        for (var place = 0; place < id.Length; place++)
        {
            for (var c = (char)0; c < 300; c++)
            {
                var text = id.Remove(place, 1).Insert(place, c.ToString());
                var allowed = place == 0 ? c is >= '0' and <= '7' : Alphabet.Contains(c, StringComparison.Ordinal);
                Assert.Equal(allowed, RunId.TryParse(text, out _));
            }
        }
    }

    [Fact]
    public void What_does_not_fit_its_field_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.New(-1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.New(MostMilliseconds + 1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.New(0, -1));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.New(0, RunId.MaxPartitions));
        Assert.Throws<ArgumentOutOfRangeException>(() => RunId.Create(0, 0, new byte[8]));
    }

    [Fact]
    public void Id_is_a_string_in_json()
    {
        var id = RunId.New(1_700_000_000_123, 1);
        Assert.Equal($"\"{id}\"", JsonSerializer.Serialize(id, FleetJson.Options));
        Assert.Equal(id, JsonSerializer.Deserialize<RunId>($"\"{id}\"", FleetJson.Options));
    }

    private const string Golden = "01HF7YAT3V05ZG20G30G2GC1R8";

    // The seed is fixed, so that a failure is the same one the next time.
    private static void Check<T>(Gen<T> cases, Func<T, bool> holds) =>
        Prop.ForAll(cases.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(500).WithReplay(20260131, 1));
}
