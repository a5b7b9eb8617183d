using System.CommandLine;
using Fleet.Cli.Rendering;

namespace Fleet.Cli.Commands;

/// <summary><c>fleet jobs</c>: what the fleet knows how to do.</summary>
internal static class JobsCommand
{
    public static Command Create(SessionFactory sessions)
    {
        var name = new Argument<string?>("JOB") { Description = "Show this job's input and defaults", Arity = ArgumentArity.ZeroOrOne };
        return new FleetCommand("jobs", "List the jobs that the fleet knows, or show one.", "fleet jobs text.stats")
        {
            name,
        }.Does(sessions, async (parsed, session, cancellation) =>
        {
            if (parsed.GetValue(name) is { } wanted)
            {
                var job = await session.Client.GetJobAsync(wanted, cancellation);
                if (session.Json) JsonText.Document(session.Host, job);
                else CatalogueText.Job(session.Out, job);
                return ExitCode.Fine;
            }

            var jobs = await session.Client.ListJobsAsync(cancellation);
            if (session.Json) JsonText.Document(session.Host, new Page<JobInfo>(jobs, Next: null));
            else if (jobs.Count > 0) CatalogueText.Jobs(session.Out, jobs);
            else session.Messages.Line("No jobs yet: a worker announces its jobs when it starts. Start one: ./fleet worker");
            return ExitCode.Fine;
        });
    }
}
