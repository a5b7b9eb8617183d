using Fleet.SignalR.Requests;

namespace Fleet.SignalR.Tests;

/// <summary>When it is known which server has a connection.</summary>
public class OwnerDirectoryTests
{
    private readonly OwnerDirectory _owners = new(2);

    [Fact]
    public void Route_EveryLetterAnsweredFor_KnowsTheServer()
    {
        var first = _owners.Route("a");
        var second = _owners.Route("a");
        Assert.Null(first.Server);

        _owners.Answered("a", first.Number, "s");
        Assert.Null(_owners.Find("a"));
        _owners.Answered("a", second.Number, "s");

        Assert.Equal("s", _owners.Route("a").Server);
    }

    [Fact]
    public void Met_LettersStillOnTheirWay_DoesNotOvertakeThem()
    {
        var letter = _owners.Route("a");

        _owners.Met("a", "s");
        Assert.Null(_owners.Find("a"));
        _owners.Answered("a", letter.Number, "s");

        Assert.Equal("s", _owners.Find("a"));
    }

    [Fact]
    public void Answered_ForAnEntryForgottenMeanwhile_SaysNothingOfTheNewOne()
    {
        var old = _owners.Route("a");
        _owners.Forget("a");
        _owners.Route("a");

        _owners.Answered("a", old.Number, "s");

        Assert.Null(_owners.Find("a"));
    }

    [Fact]
    public void Find_MoreThanFit_ForgetsThoseLongNotUsed()
    {
        _owners.Met("a", "s");
        for (var i = 0; i < 4; i++)
        {
            _owners.Met($"other{i}", "t");
            Assert.Equal("s", _owners.Find("a"));
        }

        for (var i = 4; i < 9; i++) _owners.Met($"other{i}", "t");

        Assert.Null(_owners.Find("a"));
    }
}
