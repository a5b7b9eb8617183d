using System.CommandLine;
using Fleet.Cli.Completion;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet completion</c>: what a shell reads to complete the words of this client.</summary>
internal static class CompletionCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var shell = new Argument<string>("SHELL") { Description = string.Join(", ", CompletionScripts.Shells) };
        return new FleetCommand("completion", "Print a script that makes a shell complete commands and options.", "fleet completion bash > ~/.local/share/bash-completion/completions/fleet")
        {
            shell,
        }.Does(sessions, (parsed, session, _) =>
        {
            var name = parsed.GetRequiredValue(shell);
            if (!CompletionScripts.Shells.Contains(name))
            {
                var near = WrongUsage.Nearest(name, CompletionScripts.Shells) is { } meant ? $" Did you mean '{meant}'?" : "";
                throw new UsageException($"There is no script for the shell '{name}'.{near} There are {string.Join(", ", CompletionScripts.Shells)}.");
            }

            var script = CompletionScripts.Of(name, parsed.RootCommandResult.Command);
            if (session.Json) JsonText.Document(session.Host, new { shell = name, script });
            else session.Host.Out.Write(script);
            return Task.FromResult(ExitCode.Fine);
        });
    }
}
