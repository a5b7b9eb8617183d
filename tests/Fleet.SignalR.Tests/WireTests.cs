using System.Text;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Wire;
using Microsoft.AspNetCore.SignalR;

namespace Fleet.SignalR.Tests;

/// <summary>What servers say to each other is read as it was written, and anything else is refused.</summary>
public class WireTests
{
    private static readonly HubPayload Payload = new(
    [
        new SerializedMessage("json", "{\"a\":1}\u001e"u8.ToArray()),
        new SerializedMessage("messagepack", new byte[] { 1, 2, 3 }),
        new SerializedMessage("other", Array.Empty<byte>()),
    ]);

    private static readonly Dictionary<EnvelopeKind, ReadOnlyMemory<byte>> Messages = new()
    {
        [EnvelopeKind.Delivery] = new Delivery(Payload, ["a", "ß"]).Write(),
        [EnvelopeKind.Letter] = new Letter("server", [new Recipient("a", 0), new Recipient("b", long.MaxValue)], Payload).Write(),
        [EnvelopeKind.Request] = new Request("server", 7, Operation.Invoke, "a", "server:1", Payload).Write(),
        [EnvelopeKind.Answer] = new Answer("server", 7, "a", true).Write(),
        [EnvelopeKind.Result] = new Result("server:1", "", "json", "{}\u001e"u8.ToArray()).Write(),
        [EnvelopeKind.Check] = new Check("server", ["one", "two"]).Write(EnvelopeKind.Check),
        [EnvelopeKind.Checked] = new Check("server", []).Write(EnvelopeKind.Checked),
        [EnvelopeKind.Forget] = new Check("server", ["one"]).Write(EnvelopeKind.Forget),
        [EnvelopeKind.Receipt] = new Receipt("server", 128, "a").Write(),
    };

    public static TheoryData<int> Kinds => [.. Messages.Keys.Select(kind => (int)kind)];

    [Fact]
    public void EveryKind_HasAnExample() => Assert.Equal(Enum.GetValues<EnvelopeKind>(), Messages.Keys);

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Message_ReadAndWrittenAgain_IsTheSame(int kind) => Assert.Equal(Messages[(EnvelopeKind)kind].ToArray(), ReadAndWrite(Messages[(EnvelopeKind)kind]));

    [Fact]
    public void Delivery_HasWhatWasWritten()
    {
        var reader = new EnvelopeReader(Messages[EnvelopeKind.Delivery]);
        var delivery = Delivery.Read(ref reader);

        Assert.Equal(["a", "ß"], delivery.Excluded);
        Assert.True(delivery.Payload.TryGet("json", out var json));
        Assert.Equal("{\"a\":1}\u001e", Encoding.UTF8.GetString(json.Span));
        Assert.True(delivery.Payload.TryGet("messagepack", out var bytes));
        Assert.Equal([1, 2, 3], bytes.ToArray());
        Assert.False(delivery.Payload.TryGet("unknown", out _));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Message_CutOffAnywhere_IsRefused(int kind)
    {
        var message = Messages[(EnvelopeKind)kind];
        for (var length = 0; length < message.Length; length++)
        {
            var cut = message[..length];
            Assert.Throws<InvalidDataException>(() => ReadAndWrite(cut));
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Message_WithSomethingAfterIt_IsRefused(int kind) =>
        Assert.Throws<InvalidDataException>(() => ReadAndWrite(new ReadOnlyMemory<byte>([.. Messages[(EnvelopeKind)kind].Span, 0])));

    [Fact]
    public void Message_OfAnotherVersion_IsRefusedInWords()
    {
        var message = Messages[EnvelopeKind.Delivery].ToArray();
        message[1] = 2;

        var fault = Assert.Throws<InvalidDataException>(() => ReadAndWrite(message));

        Assert.Contains("version is 2; this server reads 1", fault.Message);
    }

    [Fact]
    public void Message_WithAnyBytesChanged_IsReadOrRefused()
    {
        var dice = new Random(20260131);
        for (var i = 0; i < 20_000; i++)
        {
            var message = Messages[(EnvelopeKind)(1 + (i % Messages.Count))].ToArray();
            for (var changes = 1 + dice.Next(4); changes > 0; changes--) message[3 + dice.Next(message.Length - 3)] = (byte)dice.Next(256);
            try
            {
                ReadAndWrite(message);
            }
            catch (InvalidDataException)
            {
                // That is what it should say.
            }
        }
    }

    private static byte[] ReadAndWrite(ReadOnlyMemory<byte> message)
    {
        var reader = new EnvelopeReader(message);
        return (reader.Kind switch
        {
            EnvelopeKind.Delivery => Delivery.Read(ref reader).Write(),
            EnvelopeKind.Letter => Letter.Read(ref reader).Write(),
            EnvelopeKind.Request => Request.Read(ref reader).Write(),
            EnvelopeKind.Answer => Answer.Read(ref reader).Write(),
            EnvelopeKind.Result => Result.Read(ref reader).Write(),
            EnvelopeKind.Receipt => Receipt.Read(ref reader).Write(),
            _ => Check.Read(ref reader).Write(reader.Kind),
        }).ToArray();
    }
}
