using System.Globalization;
using Fleet.Bench.Measuring;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Reporting;

namespace Fleet.Bench.Scale;

/// <summary>
/// A fleet that has as much of something as a row says, and what rounds in it cost. All of a row are measured in one, because filling it takes
/// far longer than they do.
/// </summary>
internal sealed class ScaleFleet : IAsyncDisposable
{
    private readonly ScaleCase _item;
    private readonly int _number;
    private readonly QueueScenario _scenario;
    private readonly BenchFleet _fleet;
    private readonly List<RunId> _runs;
    private readonly List<QueueRow> _rounds = [];

    private ScaleFleet(ScaleCase item, int number, QueueScenario scenario, BenchFleet fleet, List<RunId> runs) =>
        (_item, _number, _scenario, _fleet, _runs) = (item, number, scenario, fleet, runs);

    public static async Task<ScaleFleet> StartAsync(ScaleCase item, int number, QueueScenario scenario)
    {
        Report.Progress(string.Create(CultureInfo.InvariantCulture, $"{item.Name}: {number:N0} …"));
        var fleet = await BenchFleet.StartAsync(scenario.AppendOnly, scenario.Servers, scenario.Partitions);
        try
        {
            await fleet.StartWorkersAsync(1, item.Crowd(number) with { Partitions = scenario.Partitions });
            var runs = new List<RunId>(await QueueRound.WarmUpAsync(fleet, scenario));
            runs.AddRange(await item.FillAsync(fleet, scenario, number));
            // The more it was filled with, the sooner Redis writes its file anew: a cost of the filling.
            await fleet.Redis.RewriteFilesAsync(ScaleCase.Longest);
            return new ScaleFleet(item, number, scenario, fleet, runs);
        }
        catch
        {
            await fleet.DisposeAsync();
            throw;
        }
    }

    public async Task MeasureAsync() => _rounds.Add(await QueueRound.MeasureAsync(_fleet, _scenario, _runs));

    public Task RequireExactlyOnceAsync() => _fleet.RequireExactlyOnceAsync(_runs);

    /// <summary>The row of it.</summary>
    /// <param name="first">What it is compared with, round by round: a machine that is slower for a while is so for both.</param>
    public ScaleRow Row(ScaleFleet first)
    {
        var figures = QueueRow.Median(_rounds);
        var cost = Figures.Median(_rounds.Zip(first._rounds, (its, others) => its.RedisMicroseconds / others.RedisMicroseconds));
        return new ScaleRow(_item.Name, _number, _scenario.Servers, _scenario.Partitions, cost, figures.EachWorkerMicroseconds[0], figures);
    }

    public ValueTask DisposeAsync() => _fleet.DisposeAsync();
}
