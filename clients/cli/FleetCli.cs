using System.CommandLine;
using System.CommandLine.Help;
using Fleet.Cli.Commands;
using Fleet.Cli.Rendering;
using Fleet.Client;

namespace Fleet.Cli;

/// <summary>The whole command line: its commands, and what each way to fail prints and returns.</summary>
internal static class FleetCli
{
    public static async Task<int> RunAsync(string[] args, CliHost host)
    {
        var globals = new GlobalOptions();
        var sessions = new SessionFactory(host, globals);
        var parsed = Root(globals, sessions).Parse(args, new ParserConfiguration
        {
            // "@file" is a run's input here, not more of the command line.
            ResponseFileTokenReplacer = null,
        });
        var messages = new Screen(host.Error, host.ErrorIsTerminal, sessions.WantsColor(parsed));
        if (parsed.Errors.Count > 0 && parsed.Action is not HelpAction)
        {
            foreach (var line in WrongUsage.Explain(parsed)) messages.Line(line);
            return ExitCode.WrongUsage;
        }

        try
        {
            return await parsed.InvokeAsync(new InvocationConfiguration
            {
                Output = host.Out,
                Error = host.Error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(5),
            });
        }
        catch (UsageException e)
        {
            messages.Line(e.Message, Tint.Bad);
            return ExitCode.WrongUsage;
        }
        catch (FleetApiException e)
        {
            ProblemText.Write(messages, e.Problem);
            return e.Status < 500 ? ExitCode.WrongUsage : ExitCode.NoConnection;
        }
        catch (Exception e) when (e is HttpRequestException or IOException or TimeoutException)
        {
            messages.Line(ConnectionText.Explain(sessions.Address!, e), Tint.Bad);
            return ExitCode.NoConnection;
        }
        catch (OperationCanceledException e)
        {
            // HttpClient reports its own timeout as a cancellation; all others are Ctrl-C.
            if (e.InnerException is not TimeoutException timeout) return ExitCode.Interrupted;
            messages.Line(ConnectionText.Explain(sessions.Address!, timeout), Tint.Bad);
            return ExitCode.NoConnection;
        }
    }

    private static FleetCommand Root(GlobalOptions globals, SessionFactory sessions)
    {
        var help = new HelpOption { Recursive = true };
        var root = new FleetCommand("fleet", "Submit runs to a fleet, watch them, and see how it is doing.", "fleet run text.stats --input '{\"text\":\"hello\"}' --watch")
        {
            RunCommand.Create(sessions),
            WatchCommand.Create(sessions),
            WaitCommand.Create(sessions),
            ShowCommand.Create(sessions),
            WhyCommand.Create(sessions),
            RunsCommand.Create(sessions),
            LogsCommand.Create(sessions),
            CancelCommand.Create(sessions),
            RetryCommand.Create(sessions),
            DeleteCommand.Create(sessions),
            BulkCommand.Create(sessions),
            JobsCommand.Create(sessions),
            SchedulesCommand.Create(sessions),
            StatsCommand.Create(sessions),
            QueuesCommand.Create(sessions),
            WorkersCommand.Create(sessions),
            TopCommand.Create(sessions),
            DoctorCommand.Create(sessions),
            ConfigCommand.Create(sessions),
            CompletionCommand.Create(sessions),
            help,
            new VersionOption(),
        };
        foreach (var option in globals.All) root.Add(option);
        help.Action = new HelpWithExample((HelpAction)help.Action!);
        // A bare "fleet" asks what there is.
        root.SetAction(parsed => root.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return root;
    }
}
