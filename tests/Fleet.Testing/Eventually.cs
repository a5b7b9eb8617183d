using System.Runtime.CompilerServices;
using Fleet.Engine.Redis;

namespace Fleet.Testing;

/// <summary>Waits for what a test has no signal for, such as another process's doing.</summary>
public static class Eventually
{
    /// <summary>How long to wait before a test fails.</summary>
    public static TimeSpan Patience { get; } = TimeSpan.FromSeconds(60);

    /// <summary>Returns once the condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static async Task IsTrueAsync(Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string? what = null)
    {
        using var timeout = new CancellationTokenSource(Patience);
        while (!await condition())
        {
            try
            {
                await Task.Delay(20, timeout.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"It never came true: {what}");
            }
        }
    }

    /// <summary>What a call brings within a time that the contract promises.</summary>
    /// <remarks>
    /// Up to three calls: a machine that is busy elsewhere now and then takes a second of its own, and a server that waits for too long
    /// does so each time.
    /// </remarks>
    /// <exception cref="TimeoutException">Each took longer.</exception>
    public static async Task<T> WithinAsync<T>(TimeSpan limit, Func<Task<T>> call, string what)
    {
        for (var calls = 1; ; calls++)
        {
            var began = TimeProvider.System.GetTimestamp();
            var brought = await call();
            var took = TimeProvider.System.GetElapsedTime(began);
            if (took < limit) return brought;
            if (calls == 3) throw new TimeoutException($"{what} took {took}, and as long each time.");
        }
    }

    /// <summary>Returns once a process can use its connection to Redis again, and it stays so.</summary>
    /// <remarks>
    /// A look at the server that the client library began while the old connection died may end after the new one stands, and then keeps
    /// commands from it for up to a second. A look of our own is turned away while another is under way, and undoes what that one did.
    /// </remarks>
    /// <exception cref="TimeoutException">It never could.</exception>
    public static Task AnswersAsync(RedisConnection redis) => IsTrueAsync(async () =>
    {
        try
        {
            await redis.Database.PingAsync();
            return await redis.Shared.ConfigureAsync();
        }
        catch (Exception e) when (RedisFailure.Is(e))
        {
            return false;
        }
    }, "Redis answers");

    /// <summary>Returns once the condition holds.</summary>
    /// <exception cref="TimeoutException">It never did.</exception>
    public static Task IsTrueAsync(Func<bool> condition, [CallerArgumentExpression(nameof(condition))] string? what = null) =>
        IsTrueAsync(() => Task.FromResult(condition()), what);
}
