using System.CommandLine;
using Fleet.Cli.Input;
using Fleet.Cli.Pages;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet top</c>: the fleet on one screen, as it is now.</summary>
internal static class TopCommand
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(100);

    public static Command Create(SessionFactory sessions)
    {
        var interval = new Option<string?>("--interval") { Description = "How often it is read: 1s, 500ms is 0.5. Default: 1s", HelpName = "DURATION" };
        var count = new Option<string?>("--count", "-n") { Description = "How many lines with --json. Default: until it is stopped", HelpName = "N" };
        return new FleetCommand(
            "top",
            "Show the fleet live on the whole screen: rates, queues, workers, busiest jobs, newest failures. q quits. Into a pipe: once.",
            "fleet top --interval 2s")
        {
            interval, count,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            var every = Durations.Read(parsed.GetValue(interval), "--interval") ?? Usual;
            if (every < Shortest) throw new UsageException($"--interval is at least {TimeText.Duration(Shortest)}.");
            var most = Numbers.Read(parsed.GetValue(count), "--count");
            var page = new TopPage(session.Url);
            if (session.Json) return await StreamAsync(session, every, most, cancellation);
            if (session.Out.IsTerminal) return await new LivePage<TopContent>(session, every, ReadAsync, page.Draw).ShowAsync(cancellation);
            page.Write(session.Out, await ReadAsync(cancellation));
            return ExitCode.Fine;

            Task<TopContent> ReadAsync(CancellationToken stop) => TopContent.ReadAsync(session.Client, session.Host.Time, stop);
        });
    }

    private static async Task<int> StreamAsync(Session session, TimeSpan interval, int? most, CancellationToken cancellation)
    {
        for (var line = 1; ; line++)
        {
            JsonText.Line(session.Host, await TopContent.ReadAsync(session.Client, session.Host.Time, cancellation));
            if (line == most) return ExitCode.Fine;
            await Task.Delay(interval, session.Host.Time, cancellation);
        }
    }
}
