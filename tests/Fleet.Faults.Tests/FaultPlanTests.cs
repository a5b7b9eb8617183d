using Fleet.Faults.Faults;

namespace Fleet.Faults.Tests;

/// <summary>The schedule of faults: the seed decides it, and it leaves calm for work to get on.</summary>
public sealed class FaultPlanTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan TwentyMinutes = TimeSpan.FromMinutes(20);

    [Fact]
    public void SameSeed_IsTheSamePlan() => Assert.Equal(FaultPlan.Of(11, TwentyMinutes, Lease), FaultPlan.Of(11, TwentyMinutes, Lease));

    [Fact]
    public void AnotherSeed_IsAnotherPlan() => Assert.NotEqual(FaultPlan.Of(11, TwentyMinutes, Lease), FaultPlan.Of(12, TwentyMinutes, Lease));

    [Fact]
    public void SeedOne_BeginsAsItAlwaysDid() =>
        // A printed seed is worth something only as long as it leads to the same faults on every machine and with every version.
        Assert.Equal(
            ["3.56 cut worker-2 4.82", "4.24 freeze worker-3 4.43", "6.98 freeze api-2 6.21"],
            FaultPlan.Of(1, TwentyMinutes, Lease).Take(3).Select(fault => FormattableString.Invariant(
                $"{fault.At.TotalSeconds:0.00} {fault.Name} {fault.Lasts.TotalSeconds:0.00}")));

    [Fact]
    public void TwentyMinutes_HoldThreeHundredFaults_OfEveryKindAndForEveryProcess()
    {
        for (ulong seed = 0; seed < 50; seed++)
        {
            var plan = FaultPlan.Of(seed, TwentyMinutes, Lease);

            Assert.InRange(plan.Count, 350, 600);
            Assert.Equal(Enum.GetValues<FaultKind>().Order(), plan.Select(fault => fault.Kind).Distinct().Order());
            Assert.Equal(
                new[] { FaultPlan.Redis, FaultPlan.Notifier }.Concat(FaultPlan.Workers).Concat(FaultPlan.Apis).Order(),
                plan.Select(fault => fault.Target).Distinct().Order());
        }
    }

    [Fact]
    public void TwoMinutes_HoldThirtyFaults()
    {
        for (ulong seed = 0; seed < 50; seed++) Assert.InRange(FaultPlan.Of(seed, TimeSpan.FromMinutes(2), Lease).Count, 30, 60);
    }

    [Fact]
    public void OneProcess_SuffersOneFaultAtATime()
    {
        foreach (var faults in FaultPlan.Of(5, TwentyMinutes, Lease).GroupBy(fault => fault.Target))
            Assert.All(faults.Zip(faults.Skip(1)), pair => Assert.True(pair.First.At + pair.First.Lasts < pair.Second.At));
    }

    [Fact]
    public void FrozenWorkers_OutlastTheirLease() => Assert.All(
        FaultPlan.Of(5, TwentyMinutes, Lease).Where(fault => fault.Kind == FaultKind.Freeze && fault.Target != FaultPlan.Redis),
        fault => Assert.True(fault.Lasts > Lease));

    [Fact]
    public void EveryStorm_IsFollowedByCalm_AndSoIsTheLast()
    {
        var plan = FaultPlan.Of(5, TwentyMinutes, Lease);
        var mended = TimeSpan.Zero;
        var calms = new List<TimeSpan>();
        foreach (var fault in plan)
        {
            if (fault.At - mended >= FaultPlan.Calm) calms.Add(fault.At - mended);
            if (fault.At + fault.Lasts > mended) mended = fault.At + fault.Lasts;
        }

        Assert.InRange(calms.Count, 40, 60);
        Assert.True(mended <= TwentyMinutes - FaultPlan.Calm);
    }
}
