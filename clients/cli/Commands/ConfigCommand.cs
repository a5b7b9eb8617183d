using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet config</c>: every option of the process that is asked.</summary>
internal static class ConfigCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var part = new Argument<string?>("PART") { Description = "Only options with this in their key, such as retention", Arity = ArgumentArity.ZeroOrOne };
        var changed = new Option<bool>("--changed") { Description = "Only options that are not left at their default" };
        return new FleetCommand("config", "Show every option of the API's process with its value, who said so, and what it is for.", "fleet config retention")
        {
            part, changed,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var wanted = parsed.GetValue(part) ?? "";
            IReadOnlyList<Setting> settings = [.. (await session.Client.GetConfigAsync(cancellation))
                .Where(setting => setting.Key.Contains(wanted, StringComparison.OrdinalIgnoreCase))
                .Where(setting => !parsed.GetValue(changed) || setting.Source != "default")];
            if (session.Json)
            {
                JsonText.Document(session.Host, new Page<Setting>(settings, Next: null));
                return ExitCode.Fine;
            }

            if (settings.Count == 0) session.Messages.Line(wanted.Length > 0 ? $"No option has '{wanted}' in its key." : "Every option is left at its default.");
            foreach (var setting in settings) Write(session.Out, setting);
            return ExitCode.Fine;
        });
    }

    private static void Write(Screen screen, Setting setting)
    {
        screen.Write(setting.Key, Tint.Strong);
        screen.Write(" = ");
        screen.Write(setting.Value is { Length: > 0 } value ? Printable.Line(value) : "(empty)", setting.Source == "default" ? Tint.None : Tint.Active);
        var usual = setting.Source == "default" || setting.Default == setting.Value ? "" : $"; the default is {(setting.Default is { Length: > 0 } text ? text : "empty")}";
        screen.Line($"  ({setting.Source}{usual})", Tint.Faint);
        if (setting.Meaning.Length > 0) screen.Line($"    {Printable.Line(setting.Meaning)}");
    }
}
