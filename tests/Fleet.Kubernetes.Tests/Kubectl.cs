using System.Collections.Concurrent;
using System.IO.Compression;
using Fleet.Testing;

namespace Fleet.Kubernetes.Tests;

/// <summary>Renders what kubectl would apply.</summary>
internal static class Kubectl
{
    /// <summary>Where <c>./fleet test</c> puts a kubectl that it had to fetch: in an archive, as it is published.</summary>
    private static readonly string Fetched = Repository.PathOf("obj", "kubectl", "layer.zip");

    private static readonly Lazy<string> Program = new(Find);
    private static readonly ConcurrentDictionary<string, Task<IReadOnlyList<Manifest>>> Rendered = new();

    /// <summary>The manifests of an overlay, as <c>kubectl apply -k</c> would send them.</summary>
    public static Task<IReadOnlyList<Manifest>> OverlayAsync(string overlay) =>
        Rendered.GetOrAdd(overlay, name => RenderAsync(Repository.PathOf("k8s", "overlays", name)));

    /// <summary>The manifests of a folder with a kustomization.</summary>
    public static async Task<IReadOnlyList<Manifest>> RenderAsync(string folder)
    {
        await using var kubectl = StartedProcess.Start(Program.Value, ["kustomize", folder]);
        Assert.True(await kubectl.ExitAsync() == 0, kubectl.Told);
        Assert.Empty(kubectl.Errors);
        return Manifest.Parse(string.Join('\n', kubectl.Output));
    }

    private static string Find()
    {
        if (!File.Exists(Fetched)) return "kubectl";
        var program = Path.Combine(Path.GetDirectoryName(Fetched)!, "kubectl");
        if (!File.Exists(program))
        {
            using var archive = ZipFile.OpenRead(Fetched);
            archive.GetEntry("kubectl/kubectl")!.ExtractToFile(program + ".new");
            File.SetUnixFileMode(program + ".new", UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            File.Move(program + ".new", program, overwrite: true);
        }

        return program;
    }
}
