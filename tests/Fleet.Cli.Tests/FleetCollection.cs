using Fleet.RealFleet;

namespace Fleet.Cli.Tests;

/// <summary>The tests that share a running fleet.</summary>
[CollectionDefinition(Name)]
public sealed class FleetCollection : ICollectionFixture<RunningFleet>
{
    public const string Name = "fleet";
}
