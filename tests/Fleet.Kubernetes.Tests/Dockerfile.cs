using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>The Dockerfile of a service, and its build stage done without a container engine.</summary>
internal sealed class Dockerfile
{
    private const string Program = "/app";

    private Dockerfile(IReadOnlyList<string> instructions) => Instructions = instructions;

    /// <summary>Its instructions, each on one line.</summary>
    public IReadOnlyList<string> Instructions { get; }

    /// <summary>The instructions of the stage that builds.</summary>
    public IReadOnlyList<string> Build => [.. Instructions.TakeWhile((line, index) => index == 0 || !line.StartsWith("FROM ", StringComparison.Ordinal))];

    /// <summary>The instructions of the stages that are images, each with what it begins with.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Images => [.. Stages.Where(stage => !IsFor(stage, "console"))];

    /// <summary>The instructions of the stage that builds the web console; none where there is no such stage.</summary>
    public IReadOnlyList<string> Console => Stages.FirstOrDefault(stage => IsFor(stage, "console")) ?? [];

    /// <summary>The stages after the one that builds.</summary>
    private List<List<string>> Stages
    {
        get
        {
            var stages = new List<List<string>>();
            foreach (var line in Instructions.Skip(Build.Count))
            {
                if (line.StartsWith("FROM ", StringComparison.Ordinal)) stages.Add([]);
                stages[^1].Add(line);
            }

            return stages;
        }
    }

    private static bool IsFor(List<string> stage, string name) => stage[0].EndsWith($" AS {name}", StringComparison.Ordinal);

    public static Dockerfile Of(string service) => new([.. File.ReadAllText(Repository.PathOf("services", service, "Dockerfile"))
        .Replace("\\\n", " ", StringComparison.Ordinal).Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#'))]);

    /// <summary>What a COPY from the repository copies, patterns resolved, and the folder or file it copies to.</summary>
    public static (IReadOnlyList<string> From, string To) Copied(string instruction)
    {
        var words = instruction.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1..];
        return ([.. words[..^1].SelectMany(Resolve)], words[^1]);
    }

    /// <summary>Does instructions of the stage that builds, in a folder that stands for the image's root.</summary>
    public static async Task DoAsync(IEnumerable<string> instructions, string root)
    {
        var source = Directory.CreateDirectory(Path.Combine(root, "src")).FullName;
        var environment = new List<(string, string?)>();
        foreach (var line in instructions)
        {
            if (line.StartsWith("ENV ", StringComparison.Ordinal)) environment.AddRange(line.Split(' ')[1..].Select(pair => (pair.Split('=')[0], (string?)pair.Split('=')[1])));
            if (line.StartsWith("COPY ", StringComparison.Ordinal)) Copy(Copied(line), source);
            if (!line.StartsWith("RUN ", StringComparison.Ordinal)) continue;
            var command = line["RUN ".Length..].Replace($" {Program} ", $" {root}{Program} ", StringComparison.Ordinal);
            await using var run = StartedProcess.Start("sh", ["-c", command], source, [.. environment]);
            Assert.True(await run.ExitAsync(TimeSpan.FromMinutes(8)) == 0, $"{line}\n{run.Told}");
        }
    }

    private static IEnumerable<string> Resolve(string source)
    {
        if (!source.Contains('*', StringComparison.Ordinal)) return [Repository.PathOf(source.TrimEnd('/'))];
        var found = Directory.GetFiles(Repository.PathOf(Path.GetDirectoryName(source)!), Path.GetFileName(source));
        Assert.NotEmpty(found);
        return found;
    }

    /// <summary>A folder's content comes into the folder that is named; a file comes into it under its own name.</summary>
    private static void Copy((IReadOnlyList<string> From, string To) copied, string source)
    {
        foreach (var from in copied.From)
        {
            var to = Path.GetFullPath(copied.To, source);
            Copy(from, File.Exists(from) ? Path.Combine(to, Path.GetFileName(from)) : to);
        }
    }

    // As .dockerignore has it: without what builds made.
    private static void Copy(string from, string to)
    {
        if (File.Exists(from))
        {
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(from, to, overwrite: true);
            return;
        }

        Directory.CreateDirectory(to);
        foreach (var entry in Directory.EnumerateFileSystemEntries(from).Where(entry => Path.GetFileName(entry) is not ("bin" or "obj" or "node_modules" or "dist")))
            Copy(entry, Path.Combine(to, Path.GetFileName(entry)));
    }
}
