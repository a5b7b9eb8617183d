using Fleet.Faults.Checking;
using Fleet.Faults.History;

namespace Fleet.Faults.Tests;

/// <summary>A history on its way through files, and told as a story.</summary>
public sealed class HistoryTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("fleet-history-");

    [Fact]
    public void WrittenAndReadBack_KeepsItsPromises_AndItsNumbers()
    {
        var good = Scenario.Good();

        var read = Roundtrip(good);

        Assert.DoesNotContain(Verdict.Of(new Evidence(read)), verdict => !verdict.IsKept);
        Assert.Equal(Figures.Of(new Evidence(good)), Figures.Of(new Evidence(read)));
    }

    [Fact]
    public void Journal_WhoseLastLineIsTorn_HoldsTheLinesBeforeIt()
    {
        var file = Path.Combine(_folder.FullName, "torn.ndjson");
        using (var journal = new Journal(file))
        {
            journal.Write(new Complaint(Scenario.At(1), "first"));
            journal.Write(new Complaint(Scenario.At(2), "second"));
        }

        File.AppendAllText(file, "{\"at\":\"2026-");

        Assert.Equal(["first", "second"], Journal.Read<Complaint>(file).Select(complaint => complaint.Text));
    }

    [Fact]
    public void BrokenOff_IsNoHistory()
    {
        new HistoryFolder(_folder.FullName).Dispose();

        Assert.Throws<InvalidOperationException>(() => HistoryFolder.Read(_folder.FullName));
    }

    [Fact]
    public void Story_TellsEverythingOfARun_InTheOrderOfTime()
    {
        var lines = Story.Of(new Evidence(Scenario.Good()), Scenario.Recovered);

        Assert.StartsWith($"Run {Scenario.Recovered}, succeeded, input ", lines[0], StringComparison.Ordinal);
        var times = lines.Skip(1).Select(line => double.Parse(line.AsSpan(2, 9), provider: null)).ToList();
        Assert.Equal(times.Order(), times);
        foreach (var part in new[] { "#4 recovered, attempt 1", "w1/3, attempt 1: done", "freeze w1 for 5.0 s", "read at api-1: 200", "submit op-", "began by hub" })
            Assert.Contains(lines, line => line.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void ShortestStory_IsOfTheRunWithTheFewestLines()
    {
        var objections = new[] { Scenario.Recovered, Scenario.Plain, Scenario.PutOff }.Select(run => new Objection(run, "")).ToList();

        Assert.StartsWith($"Run {Scenario.Plain}", Story.Shortest(new Evidence(Scenario.Good()), objections)[0], StringComparison.Ordinal);
    }

    [Fact]
    public void LostRun_HasAStoryToo()
    {
        var lost = Scenario.Good() with { Runs = [.. Scenario.Good().Runs.Where(story => story.Run.Id != Scenario.Plain)] };

        var lines = Story.Of(new Evidence(lost), Scenario.Plain);

        Assert.Contains("which Redis does not have", lines[0], StringComparison.Ordinal);
        Assert.Contains(lines, line => line.Contains("submit op-", StringComparison.Ordinal));
    }

    [Fact]
    public void Report_OfABrokenHistory_NamesThePromiseAndTellsTheStory()
    {
        using var text = new StringWriter();

        var (kept, broken) = Report.Write(Scenario.Good() with { Effects = [.. Scenario.Good().Effects.Where(effect => effect.Run != Scenario.Plain)] }, text);

        Assert.Equal((Promise.All.Count - 1, 1), (kept, broken));
        Assert.Contains("BROKEN  Every success has its effect (1 times)", text.ToString(), StringComparison.Ordinal);
        Assert.Contains($"Run {Scenario.Plain}, succeeded", text.ToString(), StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private FullHistory Roundtrip(FullHistory history)
    {
        using (var folder = new HistoryFolder(_folder.FullName))
        {
            folder.Intent.Write(history.Intent);
            folder.Leftovers.Write(history.Leftovers);
            foreach (var request in history.Requests) folder.Requests.Write(request);
            foreach (var call in history.Calls) folder.Calls.Write(call);
            foreach (var run in history.Runs) folder.Runs.Write(run);
            foreach (var watch in history.Watches) folder.Watches.Write(watch);
            foreach (var fault in history.Faults) folder.Faults.Write(fault);
            foreach (var end in history.Processes) folder.Processes.Write(end);
            foreach (var schedule in history.Schedules) folder.Schedules.Write(schedule);
            foreach (var worker in history.Effects.GroupBy(effect => effect.Worker))
            {
                using var effects = new Journal(folder.EffectsOf(worker.Key));
                foreach (var effect in worker) effects.Write(effect);
            }
        }

        return HistoryFolder.Read(_folder.FullName);
    }
}
