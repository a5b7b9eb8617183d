using System.Text;
using Fleet.SignalR.Connections;
using Fleet.Testing;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;
using Microsoft.Extensions.Logging.Abstractions;

namespace Fleet.SignalR.Tests;

/// <summary>What one connection's outbox does with what it is given while the connection takes it, and while it does not.</summary>
public sealed class OutboxTests : IDisposable
{
    private readonly StoppableConnection _connection = new();
    private LocalConnection? _local;

    public void Dispose() => _local?.Dispose();

    [Fact]
    public void Post_ToAConnectionThatTakesIt_IsWrittenAtOnce()
    {
        var outbox = Outbox();

        outbox.Post(Payload("a"));
        outbox.Post(Payload("b"));

        Assert.Equal(["a", "b"], _connection.Writes);
        Assert.Equal(0, outbox.WaitingMessages);
    }

    [Fact]
    public async Task Post_WhileAWriteIsUnderWay_GoesOutInOneWriteAfterIt()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));

        for (var i = 0; i < 100; i++) outbox.Post(Payload($"{i},"));
        Assert.Equal(["a"], _connection.Writes);
        Assert.Equal(100, outbox.WaitingMessages);
        _connection.GoOn();

        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 2);
        Assert.Equal(string.Concat(Enumerable.Range(0, 100).Select(i => $"{i},")), _connection.Writes[1]);
        Assert.Equal((0, 0), (outbox.WaitingMessages, outbox.WaitingBytes));
    }

    [Fact]
    public async Task Post_AfterWhatWaitedWasWritten_IsWrittenAtOnceAgain()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));
        outbox.Post(Payload("b"));
        _connection.GoOn();
        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 2);

        await Eventually.IsTrueAsync(() =>
        {
            outbox.Post(Payload("c"));
            return outbox.WaitingMessages == 0;
        });

        Assert.Equal("c", _connection.Writes[^1]);
    }

    [Fact]
    public async Task Post_MoreThanFitsInOneWrite_GoesOutInOrderInSeveral()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));

        for (var i = 0; i < 10; i++) outbox.Post(Payload(new string((char)('0' + i), 30_000)));
        _connection.GoOn();

        await Eventually.IsTrueAsync(() => _connection.Written.Length == 300_001);
        Assert.Equal("a" + string.Concat(Enumerable.Range(0, 10).Select(i => new string((char)('0' + i), 30_000))), _connection.Written);
        Assert.InRange(_connection.Writes.Count, 4, 6);
    }

    [Fact]
    public async Task Post_PastTheBoundInBytes_DropsWhatWaitsAndResynchronises()
    {
        var outbox = Outbox(maxBytes: 1000);
        _connection.Stop();
        outbox.Post(Payload("a"));

        for (var i = 0; i < 50; i++)
        {
            outbox.Post(Payload(new string('x', 300)));
            Assert.InRange(outbox.WaitingBytes, 0, 1000);
        }

        _connection.GoOn();
        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 2);
        outbox.Post(Payload("b"));

        await Eventually.IsTrueAsync(() => _connection.Written.EndsWith('b'));
        Assert.Equal("a(resync)b", _connection.Written);
        Assert.False(_connection.Aborted);
    }

    [Fact]
    public async Task Post_PastTheBoundInMessages_DropsWhatWaitsAndResynchronises()
    {
        var outbox = Outbox(maxMessages: 5);
        _connection.Stop();
        outbox.Post(Payload("a"));

        for (var i = 0; i < 50; i++)
        {
            outbox.Post(Payload("x"));
            Assert.InRange(outbox.WaitingMessages, 0, 5);
        }

        _connection.GoOn();
        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 2);
        Assert.Equal("a(resync)", _connection.Written);
    }

    [Fact]
    public async Task Post_PastTheBound_DisconnectsWhereThatIsChosen()
    {
        var outbox = Outbox(maxBytes: 1000, then: MissedMessages.Disconnect);
        _connection.Stop();
        outbox.Post(Payload("a"));

        for (var i = 0; i < 10; i++) outbox.Post(Payload(new string('x', 300)));

        await Eventually.IsTrueAsync(() => _connection.Aborted);
        Assert.Equal((0, 0), (outbox.WaitingMessages, outbox.WaitingBytes));
        _connection.GoOn();
        outbox.Post(Payload("b"));
        Assert.Equal("a", _connection.Written);
        Assert.False(await outbox.SendAsync(new InvocationMessage("Say", ["c"])));
    }

    [Fact]
    public async Task Send_ToAConnectionThatTakesIt_IsOverAtOnce()
    {
        var sending = Outbox().SendAsync(new InvocationMessage("Say", ["hello"]));

        Assert.True(sending.IsCompletedSuccessfully);
        Assert.True(await sending);
        Assert.Contains("hello", _connection.Written);
    }

    [Fact]
    public async Task Send_WhileAWriteIsUnderWay_IsOverWhenItHasBeenWritten()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));

        var sending = outbox.SendAsync(new InvocationMessage("Say", ["hello"]));
        outbox.Post(Payload("b"));
        Assert.False(sending.IsCompleted);
        _connection.GoOn();

        Assert.True(await sending.AsTask().WaitAsync(Eventually.Patience));
        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 2);
        Assert.Matches("^a.*hello.*b$", _connection.Written);
    }

    [Fact]
    public async Task Send_ItselfTheWriteUnderWay_IsOverWhenTheConnectionHasTakenIt()
    {
        var outbox = Outbox();
        _connection.Stop();

        var sending = outbox.SendAsync(new InvocationMessage("Say", ["hello"]));
        Assert.False(sending.IsCompleted);
        _connection.GoOn();

        Assert.True(await sending.AsTask().WaitAsync(Eventually.Patience));
    }

    [Fact]
    public async Task Send_WaitingWhenTheBoundIsPassed_IsNotDropped()
    {
        var outbox = Outbox(maxBytes: 1000);
        _connection.Stop();
        outbox.Post(Payload("a"));
        var sending = outbox.SendAsync(new InvocationMessage("Say", ["hello"]));

        for (var i = 0; i < 10; i++) outbox.Post(Payload(new string('x', 300)));
        _connection.GoOn();

        Assert.True(await sending.AsTask().WaitAsync(Eventually.Patience));
        Assert.Matches("^a\\(resync\\).*hello", _connection.Written);
        Assert.DoesNotContain("x", _connection.Written);
    }

    [Fact]
    public async Task Send_MoreThanMayWait_AreDroppedAndTheirSendersToldSo()
    {
        var outbox = Outbox(maxMessages: 5);
        _connection.Stop();
        outbox.Post(Payload("a"));

        var sending = Enumerable.Range(0, 6).Select(i => outbox.SendAsync(new InvocationMessage("Say", [$"{i}"])).AsTask()).ToList();

        Assert.All(await Task.WhenAll(sending).WaitAsync(Eventually.Patience), Assert.False);
        Assert.Equal(0, outbox.WaitingMessages);
        _connection.GoOn();
        await Eventually.IsTrueAsync(() => _connection.Written == "a(resync)");
    }

    [Fact]
    public async Task Send_ArgumentsThatCannotBeSerialised_FailsAlone()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));
        outbox.Post(Payload("b"));
        var sending = outbox.SendAsync(new InvocationMessage("Say", [new Unserialisable()]));
        outbox.Post(Payload("c"));
        _connection.GoOn();

        await Assert.ThrowsAsync<NotSupportedException>(() => sending.AsTask().WaitAsync(Eventually.Patience));
        await Eventually.IsTrueAsync(() => _connection.Written == "abc");
        Assert.False(_connection.Aborted);
    }

    [Fact]
    public async Task Close_WhatWaits_IsDroppedAndItsSendersGoOn()
    {
        var outbox = Outbox();
        _connection.Stop();
        outbox.Post(Payload("a"));
        outbox.Post(Payload("b"));
        var sending = outbox.SendAsync(new InvocationMessage("Say", ["hello"]));

        outbox.Close();

        Assert.False(await sending.AsTask().WaitAsync(Eventually.Patience));
        Assert.Equal((0, 0), (outbox.WaitingMessages, outbox.WaitingBytes));
        _connection.GoOn();
        Assert.Equal("a", _connection.Written);
    }

    [Fact]
    public async Task Miss_AnIdleConnection_IsToldToResynchronise()
    {
        Outbox().Miss(MissedMessages.Resynchronise);

        await Eventually.IsTrueAsync(() => _connection.Written == "(resync)");
    }

    [Fact]
    public async Task Post_InAProtocolThatTheSenderDidNotSpeak_IsTreatedAsMissed()
    {
        var outbox = Outbox();

        outbox.Post(new HubPayload([new SerializedMessage("messagepack", new byte[] { 1 })]));

        await Eventually.IsTrueAsync(() => _connection.Written == "(resync)");
    }

    [Fact]
    public async Task Post_ToAConnectionThatCountsMessages_IsWrittenOneByOne()
    {
        _connection.CountMessages();
        var outbox = Outbox();
        _connection.Stop();
        Assert.True(HubPayload.TryJoin([Payload("a"), Payload("b")], out var joined));
        outbox.Post(joined);
        outbox.Post(Payload("c"));
        outbox.Post(Payload("d"));
        _connection.GoOn();

        await Eventually.IsTrueAsync(() => _connection.Writes.Count == 4);
        Assert.Equal(["a", "b", "c", "d"], _connection.Writes);
    }

    [Fact]
    public async Task Post_FromManyThreadsToAConnectionThatStopsAndGoesOn_LosesNothingAndKeepsEachOnesOrder()
    {
        var outbox = Outbox();
        var posting = Task.WhenAll(Enumerable.Range(0, 4).Select(thread => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++) outbox.Post(Payload($"{thread}:{i};"));
        })));
        while (!posting.IsCompleted)
        {
            _connection.Stop();
            await Task.Yield();
            _connection.GoOn();
        }

        await Eventually.IsTrueAsync(() => _connection.Written.Count(c => c == ';') == 8000);
        var all = _connection.Written.Split(';', StringSplitOptions.RemoveEmptyEntries);
        for (var thread = 0; thread < 4; thread++)
            Assert.Equal(Enumerable.Range(0, 2000).Select(i => $"{thread}:{i}"), all.Where(text => text[0] == '0' + thread));
    }

    private Outbox Outbox(int maxBytes = 1024 * 1024, int maxMessages = 10_000, MissedMessages then = MissedMessages.Resynchronise)
    {
        _local = new LocalConnection(
            _connection.Context, new OutboxLimits(maxBytes, maxMessages, then, Payload("(resync)")), TimeProvider.System, NullLogger.Instance);
        return _local.Outbox;
    }

    private static HubPayload Payload(string text) => new([new SerializedMessage("json", Encoding.UTF8.GetBytes(text))]);

    private sealed class Unserialisable
    {
        public Type Type { get; } = typeof(OutboxTests);
    }
}
