using Fleet.Bench.Fanout.Servers;

namespace Fleet.Bench.Fanout.Cases;

/// <summary>The cases, each as it stands in docs/performance-fanout.md unless it is told otherwise.</summary>
internal sealed class FanoutCases(FanoutOptions options, CancellationToken cancellation)
{
    private const double FirstDeliveries = 80_000;
    private const double FirstEvents = 8_000;

    /// <summary>What the cases are called.</summary>
    public static IReadOnlyList<string> Names { get; } = ["group", "max", "own", "own-max", "slow", "hold", "post"];

    /// <summary>Measures one of them.</summary>
    public IAsyncEnumerable<FanoutRow> MeasureAsync(string name) => name switch
    {
        "group" => GroupAsync(),
        "max" => MaxAsync(),
        "own" => OwnAsync(),
        "own-max" => OwnMaxAsync(),
        "slow" => SlowAsync(),
        "hold" => HoldAsync(),
        "post" => PostAsync(),
        _ => throw new ArgumentOutOfRangeException(nameof(name), name, "There is no such case."),
    };

    private async IAsyncEnumerable<FanoutRow> GroupAsync()
    {
        var (clients, rate, size) = (options.Clients ?? 5_000, options.Rate ?? 20, options.Size ?? 300);
        foreach (var contender in options.Against)
        {
            await using var group = await GroupCase.StartAsync(contender, clients, options.Servers, size, cancellation);
            await group.WarmUpAsync(rate, FanoutOptions.WarmUp, cancellation);
            yield return await group.MeasureAsync("group", rate, options.Lasts(15), cancellation);
        }
    }

    private async IAsyncEnumerable<FanoutRow> MaxAsync()
    {
        var (clients, size) = (options.Clients ?? 2_000, options.Size ?? 300);
        foreach (var contender in options.Against)
        {
            var group = await StartAsync(contender);
            try
            {
                yield return await HighestRate.FindAsync(options.Rate ?? FirstDeliveries / clients, options.Lasts(30), async (rate, lasts) =>
                {
                    if (group.IsBroken)
                    {
                        await group.DisposeAsync();
                        group = await StartAsync(contender);
                    }

                    return await group.MeasureAsync("max", rate, lasts, cancellation);
                });
            }
            finally
            {
                await group.DisposeAsync();
            }
        }

        async Task<GroupCase> StartAsync(Contender contender)
        {
            var group = await GroupCase.StartAsync(contender, clients, options.Servers, size, cancellation);
            await group.WarmUpAsync(FirstDeliveries / clients, FanoutOptions.WarmUp, cancellation);
            return group;
        }
    }

    private async IAsyncEnumerable<FanoutRow> OwnAsync()
    {
        var rate = options.Rate ?? 2_000;
        await using var watches = await WatchCase.StartAsync(options.Clients ?? 2_000, options.Servers, options.Size ?? 300, cancellation);
        await watches.WarmUpAsync(rate, FanoutOptions.WarmUp, cancellation);
        yield return await watches.MeasureAsync("own", rate, options.Lasts(15), cancellation);
    }

    private async IAsyncEnumerable<FanoutRow> OwnMaxAsync()
    {
        var watches = await StartAsync();
        try
        {
            yield return await HighestRate.FindAsync(options.Rate ?? FirstEvents, options.Lasts(20), async (rate, lasts) =>
            {
                if (watches.IsBroken)
                {
                    await watches.DisposeAsync();
                    watches = await StartAsync();
                }

                return await watches.MeasureAsync("own-max", rate, lasts, cancellation);
            });
        }
        finally
        {
            await watches.DisposeAsync();
        }

        async Task<WatchCase> StartAsync()
        {
            var started = await WatchCase.StartAsync(options.Clients ?? 2_000, options.Servers, options.Size ?? 300, cancellation);
            await started.WarmUpAsync(FirstEvents, FanoutOptions.WarmUp, cancellation);
            return started;
        }
    }

    /// <summary>Everybody reads; one stops; one reads slowly. The kernel's buffers hide a reader that stopped for the first ten seconds.</summary>
    private async IAsyncEnumerable<FanoutRow> SlowAsync()
    {
        var (clients, rate, size) = (options.Clients ?? 500, options.Rate ?? 200, options.Size ?? 2048);
        var slow = options.Slow ?? 1;
        foreach (var contender in options.Against)
        {
            foreach (var (name, count, reads) in new[] { ("slow-none", 0, 0L), ("slow-stopped", slow, 0L), ("slow-reads", slow, options.SlowReads ?? 100_000) })
            {
                await using var group = await GroupCase.StartAsync(contender, clients, options.Servers, size, cancellation);
                await group.WarmUpAsync(rate, FanoutOptions.WarmUp, cancellation);
                group.Slow(count, reads);
                yield return await group.MeasureAsync(name, rate, options.Lasts(45), cancellation);
            }
        }
    }

    private async IAsyncEnumerable<FanoutRow> HoldAsync()
    {
        var rate = options.Rate ?? 1_000;
        await using var watches = await WatchCase.StartAsync(options.Clients ?? 10_000, options.Servers, options.Size ?? 300, cancellation);
        yield return await watches.MeasureAsync("hold", rate, options.Lasts(15), cancellation);
    }

    private async IAsyncEnumerable<FanoutRow> PostAsync()
    {
        yield return await PostCase.MeasureAsync(options.Rate ?? 500, options.Lasts(15), options.Servers, cancellation);
    }
}
