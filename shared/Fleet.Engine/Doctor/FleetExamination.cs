using System.Globalization;
using Fleet.Engine.Catalogue;
using Fleet.Engine.Explain;

namespace Fleet.Engine.Doctor;

/// <summary>Whether there are workers for what there is to do.</summary>
internal static class FleetExamination
{
    /// <summary>For how long a run may wait in a line before that is worth a word.</summary>
    private static readonly TimeSpan Behind = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Skewed = TimeSpan.FromSeconds(2);

    public static IEnumerable<Finding> Examine(WorkerRoll roll, IReadOnlyList<QueueInfo> queues, IReadOnlyList<string> jobs, TimeSpan lease)
    {
        var living = roll.Workers.Where(worker => roll.At - worker.LastSeenAt <= lease).ToList();
        var taking = living.Where(worker => worker.State != WorkerState.Draining).ToList();
        return [.. Workers(roll, living, queues, lease), .. Queues(queues, taking), .. Jobs(jobs, taking)];
    }

    private static IEnumerable<Finding> Workers(WorkerRoll roll, List<WorkerInfo> living, IReadOnlyList<QueueInfo> queues, TimeSpan lease)
    {
        if (living.Count == 0)
        {
            var waiting = queues.Sum(queue => queue.Depth);
            yield return new Finding("no-workers", waiting > 0 ? FindingLevel.Problem : FindingLevel.Warning,
                waiting > 0 ? $"No worker is connected, and {Waiting(waiting)}." : "No worker is connected.", "Start one: ./fleet worker");
        }
        else
        {
            var busy = living.Sum(worker => (long)worker.Running.Count);
            yield return new Finding("workers", FindingLevel.Fine, string.Create(CultureInfo.InvariantCulture,
                $"{living.Count:#,0} {(living.Count == 1 ? "worker is" : "workers are")} connected, with {busy:#,0} of {living.Sum(worker => (long)worker.Slots):#,0} slots in use."));
        }

        foreach (var lost in roll.Workers.Except(living))
        {
            yield return new Finding("worker-lost", FindingLevel.Warning, $"Worker {lost.Id} on {lost.Host} was last heard of {Words.For(roll.At - lost.LastSeenAt)} ago; its lease is {Words.For(lease)}.",
                "It was killed, is frozen, or is cut off from Redis. Its runs go to others; look at its machine.");
        }

        var draining = living.Where(worker => worker.State == WorkerState.Draining).Select(worker => worker.Id).ToList();
        if (draining.Count > 0)
        {
            yield return new Finding("worker-draining", FindingLevel.Notice, $"{Words.Names(draining)} {(draining.Count == 1 ? "takes" : "take")} nothing more.",
                "Somebody had that drained: it takes runs again once it is started anew.");
        }

        var versions = living.Select(worker => worker.Version).Distinct().ToList();
        if (versions.Count > 1)
            yield return new Finding("worker-versions", FindingLevel.Notice, $"Workers of the versions {Words.Names(versions)} run side by side.", "Where no deploy is under way, one was left unfinished.");
        foreach (var ahead in living.Where(worker => worker.StartedAt - worker.LastSeenAt > Skewed))
        {
            yield return new Finding("clock-skew", FindingLevel.Warning, $"The clock of {ahead.Host}, where worker {ahead.Id} runs, is ahead of Redis's.",
                "Have the machine set its clock (NTP). Fleet goes by Redis's clock, so nothing but its logs is wrong.");
        }
    }

    private static IEnumerable<Finding> Queues(IReadOnlyList<QueueInfo> queues, List<WorkerInfo> taking)
    {
        foreach (var queue in queues.Where(queue => queue.Depth > 0))
        {
            var serving = taking.Where(worker => worker.Queues.Contains("*") || worker.Queues.Contains(queue.Name)).ToList();
            if (queue.Paused)
            {
                yield return new Finding("queue-paused", FindingLevel.Notice, $"The queue '{queue.Name}' is paused, and {Waiting(queue.Depth)} in it.", $"./fleet queues resume {queue.Name}");
            }
            else if (serving.Count == 0)
            {
                yield return new Finding("queue-without-worker", FindingLevel.Problem, $"{Waiting(queue.Depth)} in the queue '{queue.Name}', and no worker that takes runs serves it.",
                    "Start one that does: Fleet:Worker:Queues says which queues a worker serves.");
            }
            else if (TimeSpan.FromSeconds(queue.Lag) > Behind)
            {
                var free = serving.Sum(worker => worker.Slots - worker.Running.Count);
                yield return new Finding("queue-behind", FindingLevel.Warning, $"The oldest run of the queue '{queue.Name}' has waited for {Words.For(TimeSpan.FromSeconds(queue.Lag))}, with {Words.Runs(queue.Depth)} in line.",
                    free > 0 ? "There are free slots: ask why it waits, with ./fleet runs --state queued and ./fleet why ID." : "Start more workers, or give them more slots (Fleet:Worker:Slots).");
            }
        }
    }

    private static string Waiting(long runs) => $"{Words.Runs(runs)} {(runs == 1 ? "waits" : "wait")}";

    private static IEnumerable<Finding> Jobs(IReadOnlyList<string> jobs, List<WorkerInfo> taking)
    {
        var nobodys = jobs.Where(job => !taking.Exists(worker => worker.Jobs.Contains(job))).ToList();
        if (nobodys.Count > 0 && taking.Count > 0)
        {
            yield return new Finding("job-without-worker", FindingLevel.Notice, $"No worker that takes runs knows the {(nobodys.Count == 1 ? "job" : "jobs")} {Words.Names(nobodys)}.",
                "Runs of it are accepted and wait. Start a worker that knows it, unless nobody submits it any more.");
        }
    }
}
