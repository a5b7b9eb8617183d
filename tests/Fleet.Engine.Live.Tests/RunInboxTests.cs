using System.Text;

namespace Fleet.Engine.Live.Tests;

/// <summary>What waits for a watcher who does not read is bounded, in messages and in bytes, and what is no news wakes nobody.</summary>
public sealed class RunInboxTests
{
    [Theory]
    [InlineData(10, RunInbox.MostMessages)]
    [InlineData(100_000, 2)]
    public void Add_MoreThanTheBound_KeepsTheFirstAndThenAsks(int length, int kept)
    {
        var inbox = new RunInbox();
        for (var seq = 1; seq <= 1000; seq++) inbox.Add(Message(seq, length));

        for (var seq = 1; seq <= kept; seq++) Assert.Equal(seq, inbox.Take()!.Newest);
        Assert.Equal(RunMessage.Unknown, inbox.Take()!.Newest);
        Assert.Null(inbox.Take());

        // From here on it is as before.
        inbox.Add(Message(1001, length));
        Assert.Equal(1001, inbox.Take()!.Newest);
    }

    [Fact]
    public void Add_OneMessageLargerThanTheBound_IsKept()
    {
        var inbox = new RunInbox();
        inbox.Add(Message(1, RunInbox.MostBytes * 2));
        Assert.Equal(1, inbox.Take()!.Newest);
    }

    [Fact]
    public void Add_Watchers_KeepsTheNewestNumberBehindTheEvents()
    {
        var inbox = new RunInbox();
        for (var count = 1; count <= 1000; count++) inbox.Add(RunMessage.Parse(Encoding.UTF8.GetBytes($$"""{"watchers":{{count}}}""")));
        inbox.Add(Message(1, 10));
        Assert.Equal(1, inbox.Take()!.Newest);
        Assert.Equal(1000, inbox.Take()!.Watchers);
        Assert.Null(inbox.Take());
    }

    [Fact]
    public void Add_WhatTheLastOneSaid_IsNoNews()
    {
        var inbox = new RunInbox();
        Assert.True(inbox.Add(Message(7, 10)));
        Assert.False(inbox.Add(new RunMessage([], 7)));
        Assert.True(inbox.Add(new RunMessage([], 8)));
        Assert.False(inbox.Add(new RunMessage([], 8)));
        Assert.True(inbox.Add(RunMessage.OfWatchers(2)));
        Assert.False(inbox.Add(RunMessage.OfWatchers(2)));
        Assert.True(inbox.Add(RunMessage.OfWatchers(1)));
    }

    [Fact]
    public void Add_WhatWasNotUnderstood_IsNewsEachTime()
    {
        var inbox = new RunInbox();
        Assert.True(inbox.Add(RunMessage.Ask));
        Assert.True(inbox.Add(RunMessage.Ask));
    }

    private static RunMessage Message(int seq, int length) => RunMessage.Parse(Encoding.UTF8.GetBytes(
        $$$"""[{"seq":{{{seq}}},"type":"log","at":1,"attempt":1,"data":{"line":"{{{new string('x', length)}}}"}}]"""));
}
