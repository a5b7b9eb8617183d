namespace Fleet.Faults.Tests;

public sealed class SuiteOptionsTests
{
    [Fact]
    public void Nothing_IsTwoMinutesWithAFreshSeed()
    {
        var (first, second) = (SuiteOptions.Parse([])!, SuiteOptions.Parse([])!);

        Assert.Equal(TimeSpan.FromMinutes(2), first.Time);
        Assert.NotEqual(first.Seed, second.Seed);
    }

    [Fact]
    public void SeedMinutesAndRate_AreTaken() =>
        Assert.Equal(new SuiteOptions(42, TimeSpan.FromSeconds(90), 10), SuiteOptions.Parse(["--rate", "10", "--seed", "42", "--minutes", "1.5"]));

    [Fact]
    public void Keep_NeedsNoValue() => Assert.Equal(new SuiteOptions(42, TimeSpan.FromMinutes(2), 50, Keep: true), SuiteOptions.Parse(["--keep", "--seed", "42"]));

    [Theory]
    [InlineData("--seed")]
    [InlineData("--seed -1")]
    [InlineData("--seed x")]
    [InlineData("--minutes 0")]
    [InlineData("--minutes 1e3")]
    [InlineData("--speed 3")]
    [InlineData("3")]
    public void WhatWillNotDo_IsRefused(string args) => Assert.Null(SuiteOptions.Parse(args.Split(' ')));
}
