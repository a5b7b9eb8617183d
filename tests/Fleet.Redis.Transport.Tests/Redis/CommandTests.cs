using System.Diagnostics;
using StackExchange.Redis;
using Xunit.Abstractions;

namespace Fleet.Redis.Transport.Tests.Redis;

public class CommandTests(RedisFixture redis, ITestOutputHelper output) : IClassFixture<RedisFixture>
{
    private readonly string _prefix = $"transport-test:{Guid.NewGuid():N}:";

    private IDatabase Database => redis.Client.GetDatabase();

    [Fact]
    public async Task AMillionPipelinedCommands_AreAllDoneOnce()
    {
        const int batch = 10_000;
        const int total = 1_000_000;
        var started = Stopwatch.GetTimestamp();
        var counter = new RedisKey(_prefix + "counter");
        for (var done = 0; done < total; done += batch)
        {
            for (var i = 1; i < batch; i++) _ = Database.StringIncrementAsync(counter, flags: CommandFlags.FireAndForget);
            Assert.Equal(done + batch, await Database.StringIncrementAsync(counter).Soon());
        }
        var seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        output.WriteLine($"{total / seconds:N0} commands/s, fire and forget, an await in {batch:N0}");
        Assert.Equal(total, (long)await Database.StringGetAsync(counter));
        await Database.KeyDeleteAsync(counter);
    }

    [Fact]
    public async Task ManyCallersAtOnce_EachGetsItsOwnReply()
    {
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(async caller =>
        {
            for (var i = 0; i < 300; i++)
            {
                var text = $"{caller}/{i}";
                var reply = await Database.ExecuteAsync("ECHO", text);
                Assert.Equal(text, (string?)reply);
            }
        })).Soon();
        output.WriteLine($"{60_000 / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} commands/s, each awaited, 200 callers");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(20_000)]
    public async Task NestedArrays_OfAnySize_ArriveWhole(int count)
    {
        const string script = "local all = {} for i = 1, tonumber(ARGV[1]) do all[i] = {i, {'a' .. i, {}, {'b'}}} end return all";
        var reply = await Database.ScriptEvaluateAsync(script, values: [count]).Soon();
        Assert.Equal(count, reply.Length);
        for (var i = 0; i < count; i++)
        {
            Assert.Equal(i + 1, (int)reply[i][0]);
            Assert.Equal($"a{i + 1}", (string?)reply[i][1][0]);
            Assert.Equal(0, reply[i][1][1].Length);
            Assert.Equal("b", (string?)reply[i][1][2][0]);
        }
    }

    [Fact]
    public async Task BulkStringsOfAMegabyte_ManyAtOnce_ArriveWhole()
    {
        var value = new byte[1 << 20];
        Bytes.Fill(value, 0);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            var key = _prefix + i;
            await Database.StringSetAsync(key, value);
            Assert.Equal(value, (byte[]?)await Database.StringGetAsync(key));
            await Database.KeyDeleteAsync(key);
        })).Soon();
    }

    [Fact]
    public async Task StreamsHashesAndSets_ComeBackAsWritten()
    {
        var key = new RedisKey(_prefix + "stream");
        var ids = new List<RedisValue>();
        for (var i = 0; i < 100; i++) ids.Add(await Database.StreamAddAsync(key, [new("n", i), new("text", $"t{i}")]));
        await Database.StreamCreateConsumerGroupAsync(key, "group", "0-0");
        var entries = await Database.StreamReadGroupAsync(key, "group", "me", ">");
        Assert.Equal(ids, entries.Select(entry => entry.Id));
        Assert.Equal(Enumerable.Range(0, 100), entries.Select(entry => (int)entry["n"]));
        Assert.Equal(100, (await Database.StreamPendingMessagesAsync(key, "group", 1000, "me")).Length);
        Assert.Single(await Database.StreamGroupInfoAsync(key));

        var hash = new RedisKey(_prefix + "hash");
        await Database.HashSetAsync(hash, [new("a", 1), new("b", 2)]);
        Assert.Equal([new("a", 1), new("b", 2)], await Database.HashGetAllAsync(hash));
        var set = new RedisKey(_prefix + "set");
        await Database.SortedSetAddAsync(set, [new("x", 1.5), new("y", 2.5)]);
        Assert.Equal([new("x", 1.5), new("y", 2.5)], await Database.SortedSetRangeByRankWithScoresAsync(set));
        await Database.KeyDeleteAsync([key, hash, set]);
    }

    [Fact]
    public async Task PublishSubscribe_ManyMessages_ArriveInOrder()
    {
        const int count = 20_000;
        var received = new List<int>();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var channel = RedisChannel.Literal(_prefix + "channel");
        var subscriber = redis.Client.GetSubscriber();
        var messages = await subscriber.SubscribeAsync(channel);
        messages.OnMessage(message =>
        {
            received.Add((int)message.Message);
            if (received.Count == count) all.SetResult();
        });
        for (var i = 0; i < count; i++) _ = Database.PublishAsync(channel, i, CommandFlags.FireAndForget);
        await all.Task.Soon();
        Assert.Equal(Enumerable.Range(0, count), received);
        await messages.UnsubscribeAsync();
    }
}
