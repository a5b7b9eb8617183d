using Pipelines.Sockets.Unofficial;

namespace Fleet.Redis.Transport.Tests;

public class DelegatesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(3)]
    public void AsEnumerable_AnyNumberOfTargets_YieldsEachInOrder(int count)
    {
        var calls = new List<int>();
        Action? all = null;
        for (var i = 0; i < count; i++)
        {
            var number = i;
            all += () => calls.Add(number);
        }

        foreach (var one in all.AsEnumerable())
        {
            Assert.True(one.IsSingle());
            one();
        }
        Assert.Equal(Enumerable.Range(0, count), calls);
        if (all is not null) Assert.Equal(count == 1, all.IsSingle());
    }

    [Fact]
    public void AsEnumerable_OneTarget_AllocatesNothing()
    {
        var calls = 0;
        Action action = () => calls++;
        Run(action);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Run(action);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        Assert.Equal(200, calls);

        static void Run(Action action)
        {
            for (var i = 0; i < 100; i++)
            {
                foreach (var one in action.AsEnumerable()) one();
            }
        }
    }
}
