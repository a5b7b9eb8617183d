using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>A Lua script: its text, and the hash Redis knows it by.</summary>
/// <param name="text">The text.</param>
public sealed class RedisScript(string text)
{
    /// <summary>The text.</summary>
    public string Text { get; } = text;

    /// <summary>The name Redis gives the text: its SHA-1, which guards nothing here.</summary>
    [SuppressMessage("Security", "CA5350", Justification = "Redis identifies scripts by SHA-1.")]
    public byte[] Hash => field ??= SHA1.HashData(Encoding.UTF8.GetBytes(Text));

    /// <summary>Runs the script by its hash; where Redis does not know it (a restart, a new replica), by its text, which teaches it.</summary>
    /// <param name="redis">Where to run it.</param>
    /// <param name="keys">Its keys.</param>
    /// <param name="args">Its arguments.</param>
    public async Task<RedisResult> EvaluateAsync(IDatabaseAsync redis, RedisKey[] keys, RedisValue[] args)
    {
        try
        {
            return await redis.ScriptEvaluateAsync(Hash, keys, args);
        }
        catch (RedisServerException e) when (e.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            var evaluate = new object[2 + keys.Length + args.Length];
            evaluate[0] = Text;
            evaluate[1] = keys.Length;
            for (var i = 0; i < keys.Length; i++) evaluate[2 + i] = keys[i];
            for (var i = 0; i < args.Length; i++) evaluate[2 + keys.Length + i] = args[i];
            return await redis.ExecuteAsync("EVAL", evaluate);
        }
    }
}
