using System.Globalization;
using System.Text.Json;
using StackExchange.Redis;

namespace Fleet.Hangfire.Tests;

/// <summary>Writes to the picture what the buttons of Hangfire's dashboard write, and in their order.</summary>
/// <param name="redis">The picture's Redis.</param>
/// <param name="prefix">The storage's prefix.</param>
internal sealed class DashboardButtons(IDatabase redis, string prefix)
{
    public const string Reason = "Triggered via Dashboard UI";

    private static string Now => TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture);

    /// <summary>Requeue or Enqueue now.</summary>
    /// <param name="id">The job.</param>
    /// <param name="needed">The state of the listing it is on; null on the details page.</param>
    public async Task<bool> RequeueAsync(RunId id, string? needed)
    {
        var queue = (string?)await redis.HashGetAsync(Key($"job:{id}"), "Queue") ?? "default";
        return await ChangeAsync(id, needed, "Enqueued", [new("EnqueuedAt", Now), new("Queue", "default")], transaction =>
        {
            _ = transaction.SetAddAsync(Key("queues"), queue);
            _ = transaction.ListLeftPushAsync(Key($"queue:{queue}"), id.ToString());
            _ = transaction.PublishAsync(RedisChannel.Literal(Key("JobFetchChannel")), id.ToString());
        });
    }

    /// <summary>Requeue or Enqueue now by a dashboard that cannot load the type: the failure to do so becomes a retry.</summary>
    public async Task<bool> RequeueUnloadableAsync(RunId id, string? needed)
    {
        var due = TimeProvider.System.GetUtcNow().AddSeconds(30);
        return await ChangeAsync(id, needed, "Scheduled",
            [new("EnqueueAt", due.ToUnixTimeMilliseconds()), new("ScheduledAt", Now)],
            transaction =>
            {
                _ = transaction.HashSetAsync(Key($"job:{id}"), "RetryCount", "1");
                _ = transaction.SortedSetAddAsync(Key("schedule"), id.ToString(), due.ToUnixTimeSeconds());
                _ = transaction.SortedSetAddAsync(Key("retries"), id.ToString(), 0);
            },
            "Retry attempt 1 of 10: Could not resolve assembly 'Fleet.Hangfire'.");
    }

    /// <summary>Delete.</summary>
    /// <param name="id">The job.</param>
    /// <param name="needed">The state of the listing it is on; null on the details page and on that of a queue.</param>
    public Task<bool> DeleteAsync(RunId id, string? needed) =>
        ChangeAsync(id, needed, "Deleted", [new("DeletedAt", Now)], transaction =>
        {
            _ = transaction.StringIncrementAsync(Key("stats:deleted"));
            _ = transaction.ListLeftPushAsync(Key("deleted"), id.ToString());
            _ = transaction.ListTrimAsync(Key("deleted"), 0, 499);
        });

    /// <summary>Trigger now; the id of the job it made.</summary>
    public async Task<string> TriggerAsync(string recurring)
    {
        var id = Guid.NewGuid().ToString();
        var job = (await redis.HashGetAllAsync(Key($"recurring-job:{recurring}"))).ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());
        using var payload = JsonDocument.Parse(job["Job"]);
        var queue = payload.RootElement.GetProperty("q").GetString()!;
        HashEntry[] fields =
        [
            new("Type", payload.RootElement.GetProperty("t").GetString()), new("Method", payload.RootElement.GetProperty("m").GetString()),
            new("ParameterTypes", payload.RootElement.GetProperty("p").GetRawText()), new("Arguments", payload.RootElement.GetProperty("a").GetRawText()),
            new("CreatedAt", Now), new("Queue", queue), new("RecurringJobId", JsonSerializer.Serialize(recurring)),
            new("Time", TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()),
        ];
        var creating = redis.CreateTransaction();
        _ = creating.HashSetAsync(Key($"job:{id}"), fields);
        _ = creating.KeyExpireAsync(Key($"job:{id}"), TimeSpan.FromDays(30));
        Assert.True(await creating.ExecuteAsync());

        var enqueuing = redis.CreateTransaction();
        Enter(enqueuing, id, "Enqueued", [new("EnqueuedAt", Now), new("Queue", queue)], "Triggered using recurring job manager");
        _ = enqueuing.SetAddAsync(Key("queues"), queue);
        _ = enqueuing.ListLeftPushAsync(Key($"queue:{queue}"), id);
        _ = enqueuing.PublishAsync(RedisChannel.Literal(Key("JobFetchChannel")), id);
        _ = enqueuing.HashSetAsync(Key($"recurring-job:{recurring}"), [new("LastExecution", Now), new("LastJobId", id)]);
        _ = enqueuing.SortedSetAddAsync(Key("recurring-jobs"), recurring, (await redis.SortedSetScoreAsync(Key("recurring-jobs"), recurring))!.Value);
        Assert.True(await enqueuing.ExecuteAsync());
        return id;
    }

    /// <summary>Remove.</summary>
    public async Task RemoveAsync(string recurring)
    {
        var transaction = redis.CreateTransaction();
        _ = transaction.KeyDeleteAsync(Key($"recurring-job:{recurring}"));
        _ = transaction.SortedSetRemoveAsync(Key("recurring-jobs"), recurring);
        Assert.True(await transaction.ExecuteAsync());
    }

    /// <summary>Holds the lock that a dashboard changes a job under, until it is disposed.</summary>
    public async Task<IAsyncDisposable> LockAsync(RunId id)
    {
        var (key, owner) = (Key($"job:{id}:state-lock"), Guid.NewGuid().ToString());
        Assert.True(await redis.StringSetAsync(key, owner, TimeSpan.FromSeconds(30), When.NotExists));
        return new StateLock(redis, key, owner);
    }

    /// <summary>Changes a job's state, unless it is not in the needed one; whether it did.</summary>
    private async Task<bool> ChangeAsync(RunId id, string? needed, string state, HashEntry[] data, Action<ITransaction> enter, string reason = Reason)
    {
        await using var held = await LockAsync(id);
        var was = (string?)await redis.HashGetAsync(Key($"job:{id}"), "State");
        if (was is null || (needed is not null && was != needed)) return false;

        var transaction = redis.CreateTransaction();
        if (state == "Deleted")
        {
            var now = TimeProvider.System.GetUtcNow().UtcDateTime;
            _ = transaction.StringIncrementAsync(Key(now.ToString("'stats:deleted:'yyyy-MM-dd", CultureInfo.InvariantCulture)));
            _ = transaction.StringIncrementAsync(Key(now.ToString("'stats:deleted:'yyyy-MM-dd-HH", CultureInfo.InvariantCulture)));
        }

        if (was is "Scheduled" or "Failed") _ = transaction.SortedSetRemoveAsync(Key("retries"), id.ToString());
        Leave(transaction, id, was, await redis.HashGetAsync(Key($"job:{id}"), "Queue"));
        Enter(transaction, id.ToString(), state, data, reason);
        enter(transaction);
        foreach (var suffix in new[] { "", ":state", ":history" })
        {
            if (state == "Deleted") _ = transaction.KeyExpireAsync(Key($"job:{id}{suffix}"), TimeSpan.FromDays(1));
            else _ = transaction.KeyPersistAsync(Key($"job:{id}{suffix}"));
        }

        Assert.True(await transaction.ExecuteAsync());
        return true;
    }

    private void Leave(ITransaction transaction, RunId id, string state, RedisValue queue)
    {
        switch (state)
        {
            case "Scheduled":
                _ = transaction.SortedSetRemoveAsync(Key("schedule"), queue.IsNull ? id.ToString() : $"{queue}:{id}");
                break;
            case "Processing" or "Failed":
                _ = transaction.SortedSetRemoveAsync(Key(state.ToLowerInvariant()), id.ToString());
                break;
            case "Succeeded" or "Deleted":
                _ = transaction.StringDecrementAsync(Key($"stats:{state.ToLowerInvariant()}"));
                _ = transaction.ListRemoveAsync(Key(state.ToLowerInvariant()), id.ToString());
                break;
        }
    }

    private void Enter(ITransaction transaction, string id, string state, HashEntry[] data, string reason)
    {
        _ = transaction.HashSetAsync(Key($"job:{id}"), "State", state);
        _ = transaction.KeyDeleteAsync(Key($"job:{id}:state"));
        _ = transaction.HashSetAsync(Key($"job:{id}:state"), [.. data, new("State", state), new("Reason", reason)]);
        var element = data.ToDictionary(field => field.Name.ToString(), field => field.Value.ToString());
        (element["State"], element["Reason"], element["CreatedAt"]) = (state, reason, Now);
        _ = transaction.ListRightPushAsync(Key($"job:{id}:history"), JsonSerializer.Serialize(element));
    }

    private string Key(string name) => prefix + name;

    private sealed class StateLock(IDatabase redis, string key, string owner) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            var transaction = redis.CreateTransaction();
            transaction.AddCondition(Condition.StringEqual(key, owner));
            _ = transaction.KeyDeleteAsync(key);
            await transaction.ExecuteAsync();
        }
    }
}
