using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Fleet.Engine.Redis;
using Fleet.Testing;

namespace Fleet.Engine.Tests;

/// <summary>Holds each script's header, body and caller together.</summary>
public sealed partial class ScriptContractTests(RedisServer server) : EngineTests(server)
{
    public static TheoryData<string> Names => [.. Scripts.All.Select(script => script.Name)];

    [Fact]
    public void Every_script_is_listed_and_every_listed_script_is_there()
    {
        var files = typeof(Script).Assembly.GetManifestResourceNames().Where(name => name.EndsWith(".lua", StringComparison.Ordinal))
            .Select(name => name[..^".lua".Length]).ToHashSet();
        var included = Scripts.All.SelectMany(script => new ScriptHeader(script.Name).Includes).ToHashSet();
        var fields = typeof(Scripts).GetFields(BindingFlags.Static | BindingFlags.Public).Select(field => field.GetValue(null)).OfType<Script>();

        Assert.Equal(fields.Select(script => script.Name).Order(), Scripts.All.Select(script => script.Name).Order());
        Assert.Superset(included, files);
        Assert.Equal(Scripts.All.Select(script => script.Name).Order(), files.Except(included).Order());
    }

    [Theory, MemberData(nameof(Names))]
    public void Header_says_guarantee_keys_arguments_and_reply(string name)
    {
        var header = new ScriptHeader(name);
        Assert.True(header.IsComplete, $"{name}.lua needs a header: a sentence of guarantee, then KEYS:, ARGV: and Reply:.");
        Assert.Matches(@"\A[A-Z](.|\n)+\.\z", header.Guarantee);
        Assert.NotEmpty(header.Reply);
    }

    [Theory, MemberData(nameof(Names))]
    public void Header_and_caller_agree_on_the_number_of_keys_and_arguments(string name)
    {
        var script = Scripts.All.Single(script => script.Name == name);
        var header = new ScriptHeader(name);
        Assert.Equal(
            (script.Keys, script.Args, script.EachKeys, script.EachArgs),
            (header.Keys.Fixed.Count, header.Args.Fixed.Count, header.Keys.Each.Count, header.Args.Each.Count));
    }

    [Theory, MemberData(nameof(Names))]
    public void First_lines_name_the_fixed_keys_and_arguments_and_nothing_after_them_counts_again(string name)
    {
        var script = Scripts.All.Single(script => script.Name == name);
        var header = new ScriptHeader(name);
        Assert.Equal(Enumerable.Range(1, script.Keys), Indices(header.Locals, "KEYS"));
        Assert.Equal(Enumerable.Range(1, script.Args), Indices(header.Locals, "ARGV"));
        Assert.DoesNotContain(Indices(header.Body, "KEYS"), index => index <= script.Keys);
        Assert.DoesNotContain(Indices(header.Body, "ARGV"), index => index <= script.Args);
    }

    [Theory, MemberData(nameof(Names))]
    public void No_reply_is_a_fraction(string name)
    {
        // Redis cuts a fraction off without a word, so nothing that is replied may come from a division.
        var replies = new ScriptHeader(name).Body.Split('\n').Where(line => ReplyLine().IsMatch(line));
        Assert.All(replies, line => Assert.DoesNotMatch(@" / |math\.log|\d\.\d", line));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Redis_compiles_it_and_knows_it_by_the_same_hash(string name)
    {
        var engine = await StartAsync();
        var script = Scripts.All.Single(script => script.Name == name);
        var hash = (string?)await engine.Redis.ExecuteAsync("SCRIPT", "LOAD", script.Text);
        Assert.Equal(Convert.ToHexStringLower(script.Hash), hash);
        Assert.DoesNotContain("--@include", script.Text, StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Names))]
    public void First_line_says_whether_it_runs_in_a_Redis_that_is_full(string name)
    {
        // What takes on more must be refused then; what ends or holds work must go on, and make room.
        string[] more = ["enqueue", "retry", "append", "schedule", "tick"];
        Assert.Equal(more.Contains(name) ? "" : "flags=allow-oom", new ScriptHeader(name).Flags);
    }

    [Fact]
    public void A_call_with_too_few_or_too_many_keys_or_arguments_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Scripts.Start.Call(1, ["events"], [1, "w"]));
        Assert.Throws<ArgumentException>(() => Scripts.Start.Call(1, ["events", "feed"], [1]));
        Assert.Throws<ArgumentException>(() => Scripts.Start.Call(1, ["events", "feed"], [1, "w"]).Add(["run"], [1, 2, 3]));
        Assert.Throws<ArgumentException>(() => Scripts.Start.Call(1, ["events", "feed"], [1, "w"]).Add(["run", "log"], [1, 2, 3, 4]));
    }

    private static IEnumerable<int> Indices(string text, string array) =>
        Regex.Matches(text, $@"{array}\[(\d+)\]").Select(match => int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture)).Order();

    [GeneratedRegex(@"^\s*(reply\[|return )")]
    private static partial Regex ReplyLine();
}
