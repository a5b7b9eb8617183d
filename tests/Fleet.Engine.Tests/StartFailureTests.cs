using Fleet.Engine.Hosting;
using StackExchange.Redis;

namespace Fleet.Engine.Tests;

public sealed class StartFailureTests
{
    [Fact]
    public void A_Redis_that_goes_away_during_a_start_is_told_of_in_one_line()
    {
        var told = StartFailure.Describe(new AggregateException(new RedisConnectionException(ConnectionFailureType.SocketClosed, "The connection\nis closed.")));
        Assert.Equal("Redis went away as Fleet started; start it again once Redis is there: The connection is closed.", told);
    }

    [Fact]
    public void A_fault_of_our_own_is_told_of_with_all_there_is_to_know() =>
        Assert.Contains(nameof(KeyNotFoundException), StartFailure.Describe(new KeyNotFoundException()), StringComparison.Ordinal);
}
