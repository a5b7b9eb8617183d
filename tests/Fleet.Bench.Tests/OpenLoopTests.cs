using System.Diagnostics;
using Fleet.Bench.Latency;

namespace Fleet.Bench.Tests;

public sealed class OpenLoopTests
{
    [Fact]
    public void Arrivals_AreDueAtTheirRate_WhateverBecomesOfThem() =>
        Assert.Equal([1000 + Stopwatch.Frequency / 4, 1000 + Stopwatch.Frequency / 2, 1000 + Stopwatch.Frequency * 3 / 4], OpenLoop.Plan(1000, 3, 4));

    [Fact]
    public async Task Arrivals_ComeInOrder_AndNoneBeforeItIsDue()
    {
        var came = new List<(int Number, long At)>();

        var due = await OpenLoop.RunAsync(20, 1_000, number => came.Add((number, Stopwatch.GetTimestamp())));

        Assert.Equal(Enumerable.Range(0, 20), came.Select(arrival => arrival.Number));
        Assert.All(came, arrival => Assert.True(arrival.At >= due[arrival.Number]));
    }
}
