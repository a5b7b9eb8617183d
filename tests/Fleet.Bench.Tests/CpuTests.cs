using System.Diagnostics;
using Fleet.Bench.Measuring;

namespace Fleet.Bench.Tests;

public sealed class CpuTests
{
    [Fact]
    public void RedisCpu_CountsThreadsAndChildren()
    {
        var info = RedisInfo.Parse(
            "# CPU\r\nused_cpu_sys:1.5\r\nused_cpu_user:2.25\r\nused_cpu_sys_children:0.25\r\nused_cpu_user_children:1\r\nused_cpu_sys_main_thread:1.4\r\n");

        Assert.Equal(TimeSpan.FromSeconds(5), RedisInfo.Cpu(info));
    }

    [Fact]
    public void CommandStats_HaveTheNamesOfCommands()
    {
        var stats = RedisInfo.CommandStats(RedisInfo.Parse("# Commandstats\r\ncmdstat_config|resetstat:calls=1,usec=9\r\nother:1\r\n"));

        Assert.Equal(("config|resetstat", "calls=1,usec=9"), (Assert.Single(stats).Key, stats.Values.Single()));
    }

    [Fact]
    public void ProcessStat_OfANameWithSpacesAndParentheses_IsRead()
    {
        // user, system, and both of children that ended: 150 + 50 + 20 + 5 hundredths of a second.
        var stat = ProcessTree.Parse("42 (a (b) c) S 7 42 42 0 -1 4194304 1 2 3 4 150 50 20 5 20 0 1 0 100 1 1");

        Assert.Equal(new ProcessStat(42, 7, TimeSpan.FromSeconds(2.25)), stat);
    }

    [Fact]
    public async Task ProcessTree_CountsWhatChildrenUse()
    {
        // The child's child uses the processor; the child itself only waits for its own.
        using var process = Process.Start(new ProcessStartInfo("bash", ["-c", "bash -c 'for ((i = 0; i < 300000; i++)); do :; done; read'; :"])
        {
            RedirectStandardInput = true,
        })!;
        using var timeout = new CancellationTokenSource(TimeSpan.FromMinutes(2));
        while (ProcessTree.Cpu(process) < TimeSpan.FromMilliseconds(100)) await Task.Delay(20, timeout.Token);

        Assert.True(process.TotalProcessorTime < ProcessTree.Cpu(process));
        process.StandardInput.Close();
        await process.WaitForExitAsync(timeout.Token);
    }

    [Fact]
    public void Spent_IsSharedOutAmongRuns()
    {
        var spent = new Spent(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(1), [TimeSpan.FromSeconds(0.5), TimeSpan.FromSeconds(1.5)], TimeSpan.Zero);

        Assert.Equal(50_000, spent.PerSecond(100_000));
        Assert.Equal(10, Spent.Each(spent.Redis, 100_000));
        Assert.Equal(20, Spent.Each(spent.AllOthers, 100_000));
    }
}
