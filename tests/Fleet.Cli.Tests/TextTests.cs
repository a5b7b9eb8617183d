using Fleet.Cli.Input;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Tests;

/// <summary>How values are read and written.</summary>
public sealed class TextTests
{
    [Theory]
    [InlineData("30", 30)]
    [InlineData("0.5", 0.5)]
    [InlineData("90s", 90)]
    [InlineData("15m", 900)]
    [InlineData("1.5h", 5400)]
    [InlineData("1d", 86_400)]
    [InlineData("00:05:00", 300)]
    public void Duration_EveryForm_IsRead(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var span));
        Assert.Equal(seconds, span.TotalSeconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("m")]
    [InlineData("-5")]
    [InlineData("5 weeks")]
    [InlineData("-00:05:00")]
    [InlineData("99999999999999d")]
    [InlineData("NaN")]
    public void Duration_AnythingElse_IsNone(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData(0.0004, "0 ms")]
    [InlineData(0.85, "850 ms")]
    [InlineData(0.9996, "1.0 s")]
    [InlineData(1.24, "1.2 s")]
    [InlineData(59.96, "0m 59s")]
    [InlineData(125, "2m 05s")]
    [InlineData(11_520, "3h 12m")]
    [InlineData(187_200, "2d 4h")]
    [InlineData(-3, "0 ms")]
    public void Duration_AsText_HasTheFiguresThatMatter(double seconds, string text) =>
        Assert.Equal(text, TimeText.Duration(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b]0;title\u0007bell\u0007", "bell")]
    [InlineData("a\tb\r\n", "a    b")]
    [InlineData("over\rwritten", "over written")]
    [InlineData("\u009b2Jcsi", "2Jcsi")]
    public void Printable_WhatSteersTerminals_IsTakenOut(string text, string expected) => Assert.Equal(expected, Printable.Line(text));

    [Fact]
    public void Nearest_NothingNear_IsNone() => Assert.Null(WrongUsage.Nearest("xyzzy", ["run", "runs", "workers"]));
}
