using Fleet.Faults.Jobs;
using Fleet.Faults.Load;

namespace Fleet.Faults.Tests;

/// <summary>What the client asks for: the seed decides it.</summary>
public sealed class WorkloadTests
{
    [Fact]
    public void SameSeed_AsksForTheSame() => Assert.Equal(Bodies(3), Bodies(3));

    [Fact]
    public void AnotherSeed_AsksForSomethingElse() => Assert.NotEqual(Bodies(3), Bodies(4));

    [Fact]
    public void Requests_HaveEveryDeed_WithAndWithoutKey_SingleAndInBatchesOfBothKinds()
    {
        var workload = new Workload(new Dice(1), TimeProvider.System);
        var parcels = Enumerable.Range(0, 1000).Select(_ => workload.Next()).ToList();

        Assert.Equal(Enum.GetValues<Deed>().Order(), parcels.SelectMany(parcel => parcel.Request.Steps).Select(step => step.Do).Distinct().Order());
        Assert.Equal(2, parcels.Select(parcel => parcel.Request.Keyed).Distinct().Count());
        Assert.Equal(3, parcels.Select(parcel => (parcel.Path, parcel.MediaType)).Distinct().Count());
        Assert.Equal(1000, parcels.Select(parcel => parcel.Request.Op).Distinct().Count());
    }

    private static List<string> Bodies(ulong seed)
    {
        var workload = new Workload(new Dice(seed), new StoppedClock());
        return [.. Enumerable.Range(0, 100).Select(_ => Convert.ToHexString(workload.Next().Body))];
    }

    /// <summary>Deadlines depend on when they are given.</summary>
    private sealed class StoppedClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => Scenario.Began;
    }
}
