using System.Text;
using Fleet.Bench.Fanout.Wire;

namespace Fleet.Bench.Tests.Fanout;

public sealed class RecordTests
{
    [Fact]
    public void TryTake_SeparatedRecordsInOnePart_AreTakenOneByOne() =>
        Assert.Equal(["one", "", "two"], Records(0x1E, ("one\u001e\u001etwo\u001e", true)));

    [Fact]
    public void TryTake_ARecordOverSeveralPartsAndMessages_IsPutTogether() =>
        Assert.Equal(["one", "two", "three"], Records(0x1E, ("on", false), ("e\u001et", true), ("w", true), ("", true), ("o\u001ethree", false), ("\u001e", true)));

    [Fact]
    public void TryTake_EveryCutOfAStream_GivesTheSameRecords()
    {
        const string Stream = "{\"type\":6}\u001e{\"type\":1}\u001e\u001e{}\u001e";
        for (var cut = 0; cut <= Stream.Length; cut++)
            Assert.Equal(["{\"type\":6}", "{\"type\":1}", "", "{}"], Records(0x1E, (Stream[..cut], false), (Stream[cut..], true)));
    }

    [Fact]
    public void TryTake_ARecordLargerThanWhatIsHeld_GrowsIt()
    {
        var half = new string('x', 5_000);

        Assert.Equal([half + half + half], Records(0x1E, (half, false), (half, false), (half + "\u001e", true)));
    }

    [Fact]
    public void TryTake_WithoutSeparator_EachMessageIsARecord() =>
        Assert.Equal(["one", "two", "three"], Records(null, ("one", true), ("tw", false), ("o", false), ("", true), ("three", true)));

    [Fact]
    public void TryNext_ARecordWithSeveralNumbers_FindsEach()
    {
        var numbers = new SequenceNumbers("{\"seq\":7,\"x\":[{\"seq\":12345678901},{\"seq\":3}"u8);
        var found = new List<long>();
        while (numbers.TryNext(out var number)) found.Add(number);

        Assert.Equal([7, 12_345_678_901, 3], found);
    }

    private static List<string> Records(byte? separator, params (string Bytes, bool EndsMessage)[] parts)
    {
        var splitter = new RecordSplitter(separator);
        var records = new List<string>();
        foreach (var (bytes, endsMessage) in parts)
        {
            ReadOnlySpan<byte> part = Encoding.UTF8.GetBytes(bytes);
            while (splitter.TryTake(ref part, endsMessage, out var record)) records.Add(Encoding.UTF8.GetString(record));
            Assert.True(part.IsEmpty);
        }

        splitter.Release();
        return records;
    }
}
