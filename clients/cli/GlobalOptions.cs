using System.CommandLine;

namespace Fleet.Cli;

/// <summary>The options that every command has.</summary>
internal sealed class GlobalOptions
{
    public Option<string?> Url { get; } = new("--url")
    {
        Description = "Where Fleet is. Default: $FLEET_URL, else the fleet started in this directory (.fleet/url), else http://127.0.0.1:8080",
        HelpName = "URL",
        Recursive = true,
    };

    public Option<bool> Json { get; } = new("--json")
    {
        Description = "Print JSON for programs: one document, or one line an event for streams",
        Recursive = true,
    };

    public Option<bool> NoColor { get; } = new("--no-color")
    {
        Description = "Print no colours, as with $NO_COLOR",
        Recursive = true,
    };

    public IEnumerable<Option> All => [Url, Json, NoColor];
}
