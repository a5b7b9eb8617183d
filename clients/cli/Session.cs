using System.CommandLine;
using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli;

/// <summary>One command's execution: the server it speaks to and where its words go.</summary>
internal sealed class Session(CliHost host, ServerAddress address, bool json, bool color) : IDisposable
{
    /// <summary>How long a watch goes on trying to reach a server that was there before.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    public CliHost Host { get; } = host;

    /// <summary>Where the fleet is, as people read it.</summary>
    public string Url { get; } = address.Url.GetLeftPart(UriPartial.Path).TrimEnd('/');

    /// <summary>Whether programs read the output: then it is JSON and nothing else.</summary>
    public bool Json { get; } = json;

    public FleetClient Client { get; } = new(address.Url, new FleetClientOptions { GiveUpAfter = Patience, Time = host.Time });

    /// <summary>For what was asked for.</summary>
    public Screen Out { get; } = new(host.Out, host.OutIsTerminal, color);

    /// <summary>For words about it.</summary>
    public Screen Messages { get; } = new(host.Error, host.ErrorIsTerminal, color);

    public void Dispose() => Client.Dispose();
}

/// <summary>Opens sessions as the global options say.</summary>
internal sealed class SessionFactory(CliHost host, GlobalOptions globals)
{
    /// <summary>The address of the newest session, for messages about connections.</summary>
    public ServerAddress? Address { get; private set; }

    public Session Open(ParseResult parsed)
    {
        Address = ServerAddress.Find(parsed.GetValue(globals.Url), host);
        return new Session(host, Address, parsed.GetValue(globals.Json), WantsColor(parsed));
    }

    public bool WantsColor(ParseResult parsed) => !parsed.GetValue(globals.NoColor) && host.Variable("NO_COLOR") is null or "";
}
