using Fleet.Testing;

namespace Fleet.Process.Tests;

/// <summary>How <c>./fleet test</c> sums up: its last line and its exit code are what others judge by. The suites are scripted.</summary>
public sealed class TestCommandTests : IDisposable
{
    private readonly Scratch _scratch = new();
    private readonly string _tools;

    public TestCommandTests()
    {
        File.Copy(Repository.PathOf("fleet"), Path.Combine(_scratch.Folder, "fleet"));
        _tools = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "tools")).FullName;
        // In place of the SDK: a build that works unless there is a file named broken, and suites that end as was laid down for them.
        var dotnet = Path.Combine(_tools, "dotnet");
        File.WriteAllText(dotnet, """
            #!/bin/sh
            case $1 in
            --version) echo 10.0.100 ;;
            build) [ ! -f broken ] || { echo 'A.cs(1,1): error CS1002: ; expected [A.csproj]'; exit 1; } ;;
            */Fleet.Faults.dll) cat faults.txt; echo "faults: $*" | sed 's/[^ ]*Fleet.Faults.dll//'; cat faults.sum; exit "$(cat faults.code)" ;;
            test)
                while [ "$1" != --results-directory ]; do shift; done
                cat output
                [ ! -f results.trx ] || cp results.trx "$2/results.trx"
                exit "$(cat code)" ;;
            esac
            """);
        // The same for packages.
        var npm = Path.Combine(_tools, "npm");
        File.WriteAllText(npm, """
            #!/bin/sh
            case $1 in
            ci) mkdir -p node_modules ;;
            test) cat tap; exit "$(cat code)" ;;
            esac
            """);
        foreach (var tool in new[] { dotnet, npm }) File.SetUnixFileMode(tool, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    [Fact]
    public async Task AllPass_IsTheSumAndZero()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Suite("Two.Tests", passed: 4, failed: 0, code: 0);

        var (code, lines) = await TestAsync();

        Assert.Equal("7 passed, 0 failed", lines[^1]);
        Assert.Equal(0, code);
        Assert.Contains(lines, line => line.StartsWith("One.Tests", StringComparison.Ordinal) && line.Contains("3 passed", StringComparison.Ordinal));
    }

    [Fact]
    public async Task OneFails_IsCountedItsMessageIsShownAndTheOthersStillRun()
    {
        Suite("One.Tests", passed: 3, failed: 2, code: 1, output: "Expected: 4 Actual: 5");
        Suite("Two.Tests", passed: 4, failed: 0, code: 0);

        var (code, lines) = await TestAsync();

        Assert.Equal("7 passed, 2 failed", lines[^1]);
        Assert.NotEqual(0, code);
        Assert.Contains(lines, line => line.Contains("Expected: 4 Actual: 5", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SuiteCrashes_BeforeItsResults_IsOneFailure()
    {
        Suite("One.Tests", passed: null, failed: 0, code: 134, output: "The active test run was aborted");
        Suite("Two.Tests", passed: 4, failed: 0, code: 0);

        var (code, lines) = await TestAsync();

        Assert.Equal("4 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, code);
        Assert.Contains(lines, line => line.Contains("aborted", StringComparison.Ordinal));
    }

    [Fact]
    public async Task SuiteCrashes_AfterTestsThatPassed_IsOneFailure()
    {
        Suite("One.Tests", passed: 5, failed: 0, code: 1);

        var (code, lines) = await TestAsync();

        Assert.Equal("5 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task SuiteWithoutTests_IsOneFailure()
    {
        Suite("One.Tests", passed: 0, failed: 0, code: 0);

        var (code, lines) = await TestAsync();

        Assert.Equal("0 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task BuildFails_IsOneFailureWithTheCompilersWords()
    {
        Suite("One.Tests", passed: 5, failed: 0, code: 0);
        await File.WriteAllTextAsync(Path.Combine(_scratch.Folder, "broken"), "");

        var (code, lines) = await TestAsync();

        Assert.Equal("0 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, code);
        Assert.Contains(lines, line => line.Contains("error CS1002", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Name_RunsOnlyTheSuitesThatHaveIt()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Suite("Two.Tests", passed: 4, failed: 1, code: 1);

        var (code, lines) = await TestAsync("one");

        Assert.Equal("3 passed, 0 failed", lines[^1]);
        Assert.Equal(0, code);
    }

    [Theory]
    [InlineData("# pass 5\n# fail 0\n# cancelled 0\n", 0, "8 passed, 0 failed")]
    [InlineData("not ok 1 - it holds\n# pass 5\n# fail 1\n# cancelled 2\n", 1, "8 passed, 3 failed")]
    // One that crashed, that was not built, or that has no tests.
    [InlineData("# pass 5\n# fail 0\n# cancelled 0\n", 134, "8 passed, 1 failed")]
    [InlineData("src/a.ts(1,1): error TS1005\n", 2, "3 passed, 1 failed")]
    [InlineData("# pass 0\n# fail 0\n# cancelled 0\n", 0, "3 passed, 1 failed")]
    public async Task Package_IsCountedWithTheSuites(string tap, int code, string sum)
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Package(tap, code);

        var (exit, lines) = await TestAsync();

        Assert.Equal(sum, lines[^1]);
        Assert.Equal(sum.EndsWith(" 0 failed", StringComparison.Ordinal), exit == 0);
        Assert.Contains(lines, line => line.StartsWith("clients/typescript", StringComparison.Ordinal));
        if (exit != 0) Assert.Contains($"  {tap.Split('\n')[0]}", lines);
    }

    [Fact]
    public async Task Console_IsBuiltFirstAndCountedToo()
    {
        Package("# pass 5\n# fail 0\n# cancelled 0\n", 0);
        Package("# pass 2\n# fail 1\n# cancelled 0\n", 1, "console");

        var (exit, lines) = await TestAsync("clients");

        Assert.Equal("7 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, exit);
        Assert.Contains("Building the web console …", lines);
    }

    [Fact]
    public async Task Name_OfAPackage_RunsItAlone()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Package("# pass 5\n# fail 0\n# cancelled 0\n", 0);

        var (code, lines) = await TestAsync("typescript");

        Assert.Equal("5 passed, 0 failed", lines[^1]);
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task All_RunsTheSuitesThenTheFaults_AndSumsBoth()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Faults(kept: 16, broken: 0);

        var (code, lines) = await TestAsync("--all", "--seed", "7");

        Assert.Equal("19 passed, 0 failed", lines[^1]);
        Assert.Equal(0, code);
        Assert.Contains("kept    Every promise", lines);
        Assert.Contains(lines, line => line.StartsWith("faults:", StringComparison.Ordinal) && line.EndsWith("--seed 7", StringComparison.Ordinal));
        // The sum is told once, at the end.
        Assert.DoesNotContain("16 passed, 0 failed", lines);
    }

    [Fact]
    public async Task All_PromiseBroken_IsCounted()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Faults(kept: 14, broken: 2);

        var (code, lines) = await TestAsync("--all");

        Assert.Equal("17 passed, 2 failed", lines[^1]);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task All_FaultSuiteBreaksOffWithoutASum_IsOneFailure()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Faults(kept: null, broken: 0);

        var (code, lines) = await TestAsync("--all");

        Assert.Equal("3 passed, 1 failed", lines[^1]);
        Assert.NotEqual(0, code);
    }

    [Fact]
    public async Task Faults_RunAlone_AndTheirSumAndCodeAreTheEnd()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Faults(kept: 15, broken: 1);

        var (code, lines) = await TestAsync("--faults", "--seed=9", "--minutes", "0.5");

        Assert.Equal("15 passed, 1 failed", lines[^1]);
        Assert.Equal(1, code);
        Assert.Contains(lines, line => line.EndsWith("--seed 9 --minutes 0.5", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("One.Tests", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("--seed", "7")]
    [InlineData("--faults", "one")]
    [InlineData("--faults", "--seed")]
    [InlineData("--nonsense")]
    public async Task OptionsThatDoNotFit_AreRefused(params string[] arguments)
    {
        var (code, lines) = await TestAsync(arguments);

        Assert.Equal(2, code);
        Assert.Single(lines);
    }

    [Fact]
    public async Task Ci_RunsTheSuitesAndTheFaults_AndEndsWithTheirSum()
    {
        Suite("One.Tests", passed: 3, failed: 0, code: 0);
        Faults(kept: 16, broken: 0);
        var ci = Path.Combine(Directory.CreateDirectory(Path.Combine(_scratch.Folder, ".ci")).FullName, "run");
        File.Copy(Repository.PathOf(".ci", "run"), ci);

        await using var process = StartedProcess.Start(ci, [], _scratch.Folder, ("PATH", $"{_tools}:{Environment.GetEnvironmentVariable("PATH")}"));

        Assert.Equal(0, await process.ExitAsync());
        Assert.Equal("19 passed, 0 failed", process.Output[^1]);
    }

    public void Dispose() => _scratch.Dispose();

    /// <summary>Lays down how the fault suite ends; without a sum where <paramref name="kept"/> is null.</summary>
    private void Faults(int? kept, int broken)
    {
        File.WriteAllText(Path.Combine(_scratch.Folder, "faults.txt"), "kept    Every promise\n");
        File.WriteAllText(Path.Combine(_scratch.Folder, "faults.sum"), kept is null ? "" : $"{kept} passed, {broken} failed\n");
        File.WriteAllText(Path.Combine(_scratch.Folder, "faults.code"), kept is null ? "134" : broken == 0 ? "0" : "1");
    }

    /// <summary>Lays down what the tests of the package write, and how they end.</summary>
    private void Package(string tap, int code, string name = "typescript")
    {
        var folder = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "clients", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "package.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "package-lock.json"), "{}");
        File.WriteAllText(Path.Combine(folder, "tap"), tap);
        File.WriteAllText(Path.Combine(folder, "code"), $"{code}");
    }

    private void Suite(string name, int? passed, int failed, int code, string output = "")
    {
        File.AppendAllText(Path.Combine(_scratch.Folder, "Fleet.sln"), $"""
            Project("x") = "{name}", "tests\{name}\{name}.csproj", "y"

            """);
        var folder = Directory.CreateDirectory(Path.Combine(_scratch.Folder, "tests", name)).FullName;
        File.WriteAllText(Path.Combine(folder, "code"), $"{code}");
        File.WriteAllText(Path.Combine(folder, "output"), output + "\n");
        if (passed is null) return;
        File.WriteAllText(Path.Combine(folder, "results.trx"), $"""
            <TestRun><ResultSummary outcome="Completed">
              <Counters total="{passed + failed}" executed="{passed + failed}" passed="{passed}" failed="{failed}" error="0" timeout="0" aborted="0" notExecuted="0" />
            </ResultSummary></TestRun>
            """);
    }

    private async Task<(int Code, IReadOnlyList<string> Lines)> TestAsync(params string[] arguments)
    {
        await using var process = StartedProcess.Start(Path.Combine(_scratch.Folder, "fleet"), ["test", .. arguments], _scratch.Folder,
            ("PATH", $"{_tools}:{Environment.GetEnvironmentVariable("PATH")}"), ("FLEET_CHROMIUM", "/bin/true"));
        var code = await process.ExitAsync();
        return (code, [.. process.Errors, .. process.Output]);
    }
}
