using System.Text;
using Fleet.Bench.Fanout.Wire;
using Microsoft.AspNetCore.SignalR;
using Microsoft.AspNetCore.SignalR.Protocol;

namespace Fleet.Bench.Tests.Fanout;

/// <summary>What the load reads is what SignalR's own protocol writes.</summary>
public sealed class DialectTests
{
    private static readonly SignalRDialect SignalR = new("/hub");
    private static readonly SocketIoDialect SocketIo = new();
    private static readonly JsonHubProtocol Protocol = new();

    [Fact]
    public void Read_WhatSignalRWrites_IsTold()
    {
        Assert.Equal(RecordKind.Message, Read(new InvocationMessage("RunEvent", ["run", new { seq = 1 }])));
        Assert.Equal(RecordKind.Resync, Read(new InvocationMessage("Resync", ["run"])));
        Assert.Equal(RecordKind.Joined, Read(CompletionMessage.WithResult("1", null)));
        Assert.Equal(RecordKind.Joined, Read(CompletionMessage.Empty("1")));
        Assert.Equal(RecordKind.Joined, Read(CompletionMessage.WithResult("1", new { run = new { error = "of the run" } })));
        Assert.Equal(RecordKind.Refused, Read(CompletionMessage.WithError("1", "no such run, and no \"result\": either")));
        Assert.Equal(RecordKind.Refused, Read(new CloseMessage("going")));
        Assert.Equal(RecordKind.Other, Read(PingMessage.Instance));
    }

    [Fact]
    public void Read_TheAnswersToTheHandshake_AreTold()
    {
        var answer = HandshakeProtocol.GetSuccessfulHandshake(Protocol);

        Assert.Equal(RecordKind.Greeted, SignalR.Read(answer[..^1]));
        Assert.Equal(RecordKind.Refused, SignalR.Read("{\"error\":\"The protocol is not supported.\"}"u8));
    }

    [Fact]
    public void Call_WithAndWithoutId_IsWhatSignalRReads()
    {
        Assert.Equal("1", Parse(SignalR.Call("Publish", "\"text\"", 1)).InvocationId);
        Assert.Null(Parse(SignalR.Call("Publish", "\"text\"")).InvocationId);
        Assert.Equal(["text"], Parse(SignalR.Call("Publish", "\"text\"")).Arguments);
    }

    [Theory]
    [InlineData("0{\"sid\":\"x\"}", nameof(RecordKind.Opened))]
    [InlineData("40{\"sid\":\"x\"}", nameof(RecordKind.Greeted))]
    [InlineData("431[]", nameof(RecordKind.Joined))]
    [InlineData("42[\"Message\",{\"seq\":1}]", nameof(RecordKind.Message))]
    [InlineData("2", nameof(RecordKind.Ping))]
    [InlineData("41", nameof(RecordKind.Refused))]
    [InlineData("44{\"message\":\"no\"}", nameof(RecordKind.Refused))]
    public void Read_WhatSocketIoWrites_IsTold(string record, string kind) =>
        Assert.Equal(kind, SocketIo.Read(Encoding.UTF8.GetBytes(record)).ToString());

    [Fact]
    public void Call_OfSocketIo_HasItsPacketsForm()
    {
        Assert.Equal("421[\"Join\"]", Encoding.UTF8.GetString(SocketIo.Call("Join", "", 1)));
        Assert.Equal("42[\"Publish\",{\"seq\":1}]", Encoding.UTF8.GetString(SocketIo.Call("Publish", "{\"seq\":1}")));
    }

    // Without the separator, which the splitter takes away.
    private static RecordKind Read(HubMessage message) => SignalR.Read(Protocol.GetMessageBytes(message).Span[..^1]);

    private static InvocationMessage Parse(byte[] call)
    {
        var input = new System.Buffers.ReadOnlySequence<byte>(call);
        Assert.True(Protocol.TryParseMessage(ref input, new Binder(), out var message));
        Assert.True(input.IsEmpty);
        return Assert.IsType<InvocationMessage>(message);
    }

    private sealed class Binder : IInvocationBinder
    {
        public IReadOnlyList<Type> GetParameterTypes(string methodName) => [typeof(string)];

        public Type GetReturnType(string invocationId) => typeof(object);

        public Type GetStreamItemType(string streamId) => typeof(object);
    }
}
