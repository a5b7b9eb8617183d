using System.Reflection;
using System.Text.RegularExpressions;
using Fleet.Faults.Checking;

namespace Fleet.Faults.Tests;

/// <summary>What docs/reliability.md says holds a promise is there, and nothing that the suite checks is left out of it.</summary>
public sealed partial class ReliabilityDocumentTests
{
    private static readonly string Root = typeof(ReliabilityDocumentTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "Repository").Value!;

    private static readonly IReadOnlyList<string> Rows =
    [
        .. File.ReadLines(Path.Combine(Root, "docs", "reliability.md"))
            .SkipWhile(line => !line.StartsWith("| promise |", StringComparison.Ordinal))
            .Skip(2)
            .TakeWhile(line => line.StartsWith('|')),
    ];

    [Fact]
    public void EveryRow_NamesATest_AndAPromiseOfTheFaultSuite()
    {
        Assert.NotEmpty(Rows);
        Assert.All(Rows, row =>
        {
            Assert.NotEmpty(TestName().Matches(row));
            Assert.NotEmpty(Quoted().Matches(row));
        });
    }

    [Fact]
    public void EveryTestThatIsNamed_IsThere()
    {
        var missing = Rows.SelectMany(row => TestName().Matches(row))
            .Select(match => (Class: match.Groups[1].Value, Method: match.Groups[2].Value))
            .Where(test => !IsThere(test.Class, test.Method))
            .Select(test => $"{test.Class}.{test.Method}");

        Assert.Empty(missing);
    }

    [Fact]
    public void PromisesOfTheFaultSuite_AreThoseThatItChecks()
    {
        var named = Rows.SelectMany(row => Quoted().Matches(row)).Select(match => match.Groups[1].Value).Distinct().Order();

        Assert.Equal(Promise.All.Select(promise => promise.Name).Order(), named);
    }

    private static bool IsThere(string type, string method) =>
        Directory.EnumerateFiles(Path.Combine(Root, "tests"), type + ".cs", SearchOption.AllDirectories)
            // Between the attribute and the method there may be data, but no other method.
            .Any(file => Regex.IsMatch(File.ReadAllText(file),
                $@"\[(Fact|Theory)\b((?!public ).)*public (async )?(void|Task) {Regex.Escape(method)}\(", RegexOptions.Singleline));

    [GeneratedRegex(@"`([A-Za-z]+Tests)\.([A-Za-z0-9_]+)`")]
    private static partial Regex TestName();

    [GeneratedRegex("\"([^\"]+)\"")]
    private static partial Regex Quoted();
}
