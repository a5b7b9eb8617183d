using System.CommandLine;

namespace Fleet.Cli.Completion;

/// <summary>
/// Scripts that make a shell complete the client's words. They hold all words there are, so that a shell asks nobody: starting the client
/// takes longer than anybody waits for a Tab.
/// </summary>
internal static class CompletionScripts
{
    public static IReadOnlyList<string> Shells { get; } = ["bash", "zsh", "fish"];

    public static string Of(string shell, Command root)
    {
        var commands = CommandWords.Of(root).ToList();
        return shell switch
        {
            "bash" => Bash(commands),
            "zsh" => Zsh(commands),
            _ => Fish(commands),
        };
    }

    private static string Bash(IReadOnlyList<CommandWords> commands) => $$"""
        # Completes the words of Fleet's client in bash: source <(fleet completion bash)
        _fleet() {
            local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD-1]} place='' word words
            for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
                case "$place $word" in
        {{Lines(commands.Skip(1), command => $"            ' {command.Place}') place=' {command.Place}' ;;")}}
                esac
            done
            case $previous in
        {{Lines(CommandWords.Values, values => $"        {Pattern(values.Key)}) COMPREPLY=($(compgen -W '{string.Join(' ', values.Value)}' -- \"$current\")); return ;;")}}
                {{Pattern(CommandWords.Files)}}) COMPREPLY=($(compgen -f -- "$current")); return ;;
            esac
            case $place in
        {{Lines(commands, command => $"        '{(command.Place.Length > 0 ? " " : "")}{command.Place}') words='{Words(command)}' ;;")}}
            esac
            COMPREPLY=($(compgen -W "$words" -- "$current"))
        }
        complete -F _fleet fleet ./fleet

        """;

    private static string Zsh(IReadOnlyList<CommandWords> commands) => $$"""
        #compdef fleet
        # Completes the words of Fleet's client in zsh: source <(fleet completion zsh)
        _fleet() {
            local place='' word
            local -a list
            for word in ${words[2,CURRENT-1]}; do
                case "$place $word" in
        {{Lines(commands.Skip(1), command => $"            ' {command.Place}') place=' {command.Place}' ;;")}}
                esac
            done
            case ${words[CURRENT-1]} in
        {{Lines(CommandWords.Values, values => $"        {Pattern(values.Key)}) compadd -- {string.Join(' ', values.Value)}; return ;;")}}
                {{Pattern(CommandWords.Files)}}) _files; return ;;
            esac
            case $place in
        {{Lines(commands, command => $"        '{(command.Place.Length > 0 ? " " : "")}{command.Place}') list=({Described(command)}) ;;")}}
            esac
            _describe fleet list
        }
        compdef _fleet fleet ./fleet

        """;

    private static string Fish(IReadOnlyList<CommandWords> commands) => $$"""
        # Completes the words of Fleet's client in fish: fleet completion fish | source
        function __fleet_at
            set -l place ''
            for word in (commandline -opc)[2..-1]
                switch "$place $word"
        {{Lines(commands.Skip(1), command => $"            case ' {command.Place}'\n                set place ' {command.Place}'")}}
                end
            end
            test "$place" = "$argv[1]"
        end
        complete -c fleet -f
        {{string.Join('\n', commands.SelectMany(FishOf))}}

        """;

    private static IEnumerable<string> FishOf(CommandWords command)
    {
        var at = $"-n \"__fleet_at '{(command.Place.Length > 0 ? " " : "")}{command.Place}'\"";
        foreach (var sub in command.Subcommands) yield return $"complete -c fleet {at} -a {sub.Text} -d '{sub.Description}'";
        foreach (var option in command.Options)
        {
            var spelled = option.Text.StartsWith("--", StringComparison.Ordinal) ? $"-l {option.Text[2..]}" : $"-s {option.Text[1..]}";
            var values = CommandWords.Values.FirstOrDefault(values => values.Key.Split(' ').Contains(option.Text)).Value;
            var takes = values is not null ? $" -xa '{string.Join(' ', values)}'" : CommandWords.Files.Split(' ').Contains(option.Text) ? " -rF" : "";
            yield return $"complete -c fleet {at} {spelled} -d '{option.Description}'{takes}";
        }
    }

    private static string Words(CommandWords command) => string.Join(' ', command.Subcommands.Concat(command.Options).Select(word => word.Text));

    private static string Described(CommandWords command) =>
        string.Join(' ', command.Subcommands.Concat(command.Options).Select(word => $"'{word.Text}:{word.Description}'"));

    private static string Pattern(string spellings) => spellings.Replace(' ', '|');

    private static string Lines<T>(IEnumerable<T> items, Func<T, string> line) => string.Join('\n', items.Select(line));
}
