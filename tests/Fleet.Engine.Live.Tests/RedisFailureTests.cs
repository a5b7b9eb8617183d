using System.IO.Pipelines;
using System.Net.Security;
using System.Net.Sockets;
using Fleet.Engine.Redis;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Engine.Live.Tests;

public sealed class RedisFailureTests
{
    [Fact]
    public async Task Is_ACallThatTheClientLibraryCancelled_IsAFailure()
    {
        var call = new TaskCompletionSource();
        call.SetCanceled();
        Assert.True(RedisFailure.Is(await Assert.ThrowsAsync<TaskCanceledException>(() => call.Task)));
    }

    [Fact]
    public void Is_ACallThatWasBeingWrittenWhenTheConnectionBroke_IsAFailure()
    {
        Assert.True(RedisFailure.Is(new ConnectionResetException()));
        Assert.True(RedisFailure.Is(new SocketException((int)SocketError.ConnectionReset)));
        Assert.False(RedisFailure.Is(new IOException("Somebody else's.")));
    }

    [Fact]
    public async Task Is_ACallWhoseConnectionWasClosedUnderItsReader_IsAFailure()
    {
        var pipe = new Pipe();
        await pipe.Reader.CompleteAsync();
        Assert.True(RedisFailure.Is(await Assert.ThrowsAsync<InvalidOperationException>(async () => await pipe.Reader.ReadAsync())));
        Assert.False(RedisFailure.Is(Assert.Throws<InvalidOperationException>(() => Array.Empty<int>().First())));
    }

    [Fact]
    public async Task Is_ACallWhoseTlsBrokeOff_IsAFailure()
    {
        using var nobody = new MemoryStream();
        await using var tls = new SslStream(nobody);
        Assert.True(RedisFailure.Is(await Assert.ThrowsAsync<IOException>(() => tls.AuthenticateAsClientAsync("localhost"))));
    }

    [Fact]
    public async Task Is_ACallThatItsCallerCancelled_IsNone()
    {
        using var wish = new CancellationTokenSource();
        await wish.CancelAsync();
        Assert.False(RedisFailure.Is(await Assert.ThrowsAsync<TaskCanceledException>(() => Task.Delay(1, wish.Token))));
        Assert.False(RedisFailure.Is(Assert.Throws<OperationCanceledException>(wish.Token.ThrowIfCancellationRequested)));
    }
}
