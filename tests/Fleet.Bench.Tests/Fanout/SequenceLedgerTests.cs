using Fleet.Bench.Fanout.Load;

namespace Fleet.Bench.Tests.Fanout;

public sealed class SequenceLedgerTests
{
    [Fact]
    public void Add_InOrder_NothingIsWrong() => AssertLedger([1, 2, 3, 4], newest: 4);

    [Fact]
    public void Add_WithAGap_WhatIsBetweenIsMissing() => AssertLedger([1, 2, 5], newest: 5, missing: 2);

    [Fact]
    public void Add_WhatWasMissing_IsOutOfOrderAndNotMissingAnyMore() => AssertLedger([1, 4, 2, 3], newest: 4, outOfOrder: 2);

    [Fact]
    public void Add_WhatCame_IsADuplicate() => AssertLedger([1, 2, 2, 1, 4, 3, 3], newest: 4, duplicates: 3, outOfOrder: 1);

    [Fact]
    public void Begin_AfterANumber_WhatIsBeforeIsADuplicateAndNothingIsMissing()
    {
        var ledger = new SequenceLedger();
        ledger.Begin(10);

        Assert.False(ledger.Add(10));
        Assert.True(ledger.Add(11));
        Assert.Equal((11, 1, 0), (ledger.Newest, ledger.Duplicates, ledger.Missing));
    }

    private static void AssertLedger(long[] numbers, long newest, long missing = 0, long duplicates = 0, long outOfOrder = 0)
    {
        var ledger = new SequenceLedger();
        var firsts = numbers.Count(number => ledger.Add(number));

        Assert.Equal((newest, missing, duplicates, outOfOrder), (ledger.Newest, ledger.Missing, ledger.Duplicates, ledger.OutOfOrder));
        Assert.Equal(numbers.Distinct().Count(), firsts);
    }
}
