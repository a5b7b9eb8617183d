using Fleet.Engine.Redis;

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
    public async Task Is_ACallThatItsCallerCancelled_IsNone()
    {
        using var wish = new CancellationTokenSource();
        await wish.CancelAsync();
        Assert.False(RedisFailure.Is(await Assert.ThrowsAsync<TaskCanceledException>(() => Task.Delay(1, wish.Token))));
        Assert.False(RedisFailure.Is(Assert.Throws<OperationCanceledException>(wish.Token.ThrowIfCancellationRequested)));
    }
}
