using System.Collections.Concurrent;
using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

public class DedicatedThreadPoolPipeSchedulerTests
{
    [Fact]
    public async Task Schedule_WorkerFree_RunsOnItsThread()
    {
        using var scheduler = new DedicatedThreadPoolPipeScheduler("mine", 2, 10, ThreadPriority.Normal);
        var thread = await RunAsync(scheduler).Soon();
        Assert.StartsWith("mine", thread.Name, StringComparison.Ordinal);
        Assert.True(thread.IsBackground);
        Assert.False(thread.IsThreadPoolThread);
        Assert.Equal((1, 0), (scheduler.TotalServicedByQueue, scheduler.TotalServicedByPool));
        Assert.Equal(2, scheduler.WorkerCount);
    }

    [Fact]
    public async Task Schedule_AllWorkersBlocked_RunsOnTheThreadPool()
    {
        using var scheduler = new DedicatedThreadPoolPipeScheduler("mine", 2, 10, ThreadPriority.Normal);
        using var release = new ManualResetEventSlim();
        using var blocked = new CountdownEvent(2);
        for (var i = 0; i < 2; i++)
        {
            scheduler.Schedule(
                _ =>
                {
                    blocked.Signal();
                    release.Wait();
                },
                null);
        }
        await Task.Run(blocked.Wait).Soon();
        Assert.Equal(0, scheduler.AvailableCount);

        var thread = await RunAsync(scheduler).Soon();
        Assert.True(thread.IsThreadPoolThread);
        Assert.Equal(1, scheduler.TotalServicedByPool);
        release.Set();
    }

    [Fact]
    public async Task Schedule_FromManyThreads_RunsEverythingOnce()
    {
        using var scheduler = new DedicatedThreadPoolPipeScheduler("mine", 3, 5, ThreadPriority.Normal);
        const int each = 20_000;
        using var done = new CountdownEvent(4 * each);
        var times = new int[4 * each];
        await Task.WhenAll(Enumerable.Range(0, 4).Select(part => Task.Run(() =>
        {
            for (var i = 0; i < each; i++)
            {
                scheduler.Schedule(
                    state =>
                    {
                        Interlocked.Increment(ref times[(int)state!]);
                        done.Signal();
                    },
                    (part * each) + i);
            }
        }))).Soon();
        await Task.Run(done.Wait).Soon();
        Assert.All(times, time => Assert.Equal(1, time));
        Assert.Equal(4 * each, scheduler.TotalServicedByQueue + scheduler.TotalServicedByPool);
    }

    [Fact]
    public async Task Dispose_WithWorkQueued_DoesItThenEndsTheThreads()
    {
        var scheduler = new DedicatedThreadPoolPipeScheduler("mine", 4, 10, ThreadPriority.Normal);
        var threads = new ConcurrentBag<Thread>();
        using var done = new CountdownEvent(100);
        for (var i = 0; i < 100; i++)
        {
            scheduler.Schedule(
                _ =>
                {
                    if (!Thread.CurrentThread.IsThreadPoolThread) threads.Add(Thread.CurrentThread);
                    done.Signal();
                },
                null);
        }
        scheduler.Dispose();
        await Task.Run(done.Wait).Soon();
        foreach (var thread in threads.Distinct())
            Assert.True(await Task.Run(() => thread.Join(TimeSpan.FromSeconds(30))));

        Assert.True((await RunAsync(scheduler).Soon()).IsThreadPoolThread);
        Assert.Equal(0, scheduler.AvailableCount);
    }

    private static Task<Thread> RunAsync(DedicatedThreadPoolPipeScheduler scheduler)
    {
        var ran = new TaskCompletionSource<Thread>(TaskCreationOptions.RunContinuationsAsynchronously);
        scheduler.Schedule(_ => ran.SetResult(Thread.CurrentThread), null);
        return ran.Task;
    }
}
