using System.Collections.Concurrent;
using System.Text;
using StackExchange.Redis;

namespace Fleet.Engine.Redis;

/// <summary>One of the Lua scripts: its text, the hash Redis knows it by, and how many keys and arguments it takes.</summary>
/// <remarks>
/// A script takes <paramref name="keys"/> fixed keys and <paramref name="args"/> fixed arguments, then <paramref name="eachKeys"/>
/// keys and <paramref name="eachArgs"/> arguments for each run of the batch. The script's header says which; a test compares.
/// </remarks>
internal sealed class Script(string name, int keys, int args, int eachKeys, int eachArgs)
{
    private static readonly ConcurrentDictionary<string, string> Includes = new();

    public string Name { get; } = name;

    public int Keys { get; } = keys;

    public int Args { get; } = args;

    public int EachKeys { get; } = eachKeys;

    public int EachArgs { get; } = eachArgs;

    /// <summary>The text, includes resolved.</summary>
    public string Text => Body.Text;

    /// <summary>The name Redis gives the text.</summary>
    public byte[] Hash => Body.Hash;

    private RedisScript Body { get; } = new(Assemble(name));

    /// <summary>Starts a call for a batch of up to <paramref name="capacity"/> runs.</summary>
    public ScriptCall Call(int capacity, ReadOnlySpan<RedisKey> fixedKeys, ReadOnlySpan<RedisValue> fixedArgs) =>
        new(this, capacity, fixedKeys, fixedArgs);

    /// <inheritdoc cref="RedisScript.EvaluateAsync"/>
    public Task<RedisResult> EvaluateAsync(IDatabaseAsync redis, RedisKey[] keys, RedisValue[] args) => Body.EvaluateAsync(redis, keys, args);

    private static string Assemble(string name)
    {
        var text = new StringBuilder();
        foreach (var line in Read(name).Split('\n'))
        {
            const string Include = "--@include ";
            text.Append(line.StartsWith(Include, StringComparison.Ordinal) ? Includes.GetOrAdd(line[Include.Length..].Trim(), Read) : line);
            text.Append('\n');
        }

        return text.ToString();
    }

    private static string Read(string name)
    {
        using var stream = typeof(Script).Assembly.GetManifestResourceStream($"{name}.lua")
            ?? throw new InvalidOperationException($"There is no script '{name}.lua'.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>The keys and arguments of one call, gathered run by run.</summary>
internal sealed class ScriptCall
{
    private readonly Script _script;
    private readonly List<RedisKey> _keys;
    private readonly List<RedisValue> _args;

    public ScriptCall(Script script, int capacity, ReadOnlySpan<RedisKey> fixedKeys, ReadOnlySpan<RedisValue> fixedArgs)
    {
        if (fixedKeys.Length < script.Keys || fixedArgs.Length != script.Args)
            throw new ArgumentException($"{script.Name}.lua takes {script.Keys} keys and {script.Args} arguments before those of the runs.");
        _script = script;
        _keys = new List<RedisKey>(fixedKeys.Length + capacity * script.EachKeys);
        _args = new List<RedisValue>(fixedArgs.Length + capacity * script.EachArgs);
        _keys.AddRange(fixedKeys);
        _args.AddRange(fixedArgs);
    }

    public int KeyCount => _keys.Count;

    public void Add(ReadOnlySpan<RedisKey> keys, ReadOnlySpan<RedisValue> args = default)
    {
        if (keys.Length != _script.EachKeys || args.Length != _script.EachArgs)
            throw new ArgumentException($"{_script.Name}.lua takes {_script.EachKeys} keys and {_script.EachArgs} arguments for each run.");
        _keys.AddRange(keys);
        _args.AddRange(args);
    }

    /// <summary>Adds a key that an argument points to; returns its index as Lua counts.</summary>
    public int AddKey(RedisKey key)
    {
        _keys.Add(key);
        return _keys.Count;
    }

    /// <summary>Adds arguments that those of runs point to.</summary>
    public void AddArgs(params ReadOnlySpan<RedisValue> args) => _args.AddRange(args);

    public Task<RedisResult> EvaluateAsync(IDatabaseAsync redis) => _script.EvaluateAsync(redis, [.. _keys], [.. _args]);
}
