using System.Text;
using Fleet.Bench.Api;

namespace Fleet.Bench.Tests;

public sealed class HttpAnswerTests
{
    private const string WithLength = "HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\nhello";
    private const string InChunks = "HTTP/1.1 422 Unprocessable\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n";

    [Theory]
    [InlineData(WithLength, 201)]
    [InlineData(InChunks, 422)]
    public void AnAnswer_IsReadOnceItIsThere_AndNotBefore(string text, int status)
    {
        var bytes = Encoding.ASCII.GetBytes(text);

        for (var length = 0; length < bytes.Length; length++) Assert.False(HttpAnswer.TryRead(bytes.AsSpan(0, length), out _));
        Assert.True(HttpAnswer.TryRead(bytes, out var answer));
        Assert.Equal(status, answer.Status);
        Assert.Contains("hello", Encoding.ASCII.GetString(bytes[answer.Body]), StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_AreFoundInOrder_AndNothingElse()
    {
        RunId[] expected = [RunId.New(1, 0), RunId.New(2, 3)];
        var ids = new List<RunId>();

        Ids.ReadInto(ids, Encoding.UTF8.GetBytes($$"""{"ids":["{{expected[0]}}","{{expected[1]}}"],"rejected":[],"x":"not an id, but 26 letters"}"""));

        Assert.Equal(expected, ids);
    }
}
