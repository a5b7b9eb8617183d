namespace Fleet.Workers.Tests;

public sealed class SingleCallTests
{
    [Fact]
    public async Task Who_is_told_that_a_call_is_over_finds_it_over()
    {
        var call = new SingleCall(TimeProvider.System);
        var answer = new TaskCompletionSource();
        var found = new TaskCompletionSource<bool>();
        call.Begin(answer.Task, () => found.SetResult(call.IsOver), failed => Assert.Fail(failed.Message));
        Assert.False(call.IsOver);
        answer.SetResult();
        Assert.True(await found.Task.Soon());
        Assert.Equal(TimeSpan.Zero, call.Silence);
    }

    [Fact]
    public async Task A_call_that_fails_is_told_of_and_then_over()
    {
        var call = new SingleCall(TimeProvider.System);
        var over = new TaskCompletionSource();
        Exception? told = null;
        call.Begin(Task.FromException(new InvalidOperationException("broken")), over.SetResult, failed => told = failed);
        await over.Task.Soon();
        Assert.Equal("broken", told?.Message);
        Assert.True(call.IsOver);
    }

    [Fact]
    public void A_call_that_had_nothing_to_say_is_no_reason_to_look_again()
    {
        var call = new SingleCall(TimeProvider.System);
        call.Begin(Task.CompletedTask, () => Assert.Fail("Told."), failed => Assert.Fail(failed.Message));
        Assert.True(call.IsOver);
    }
}
