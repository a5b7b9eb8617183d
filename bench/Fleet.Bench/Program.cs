using System.CommandLine;
using Fleet.Bench;
using Fleet.Bench.Api;
using Fleet.Bench.Due;
using Fleet.Bench.Fanout;
using Fleet.Bench.Fanout.Servers;
using Fleet.Bench.Idle;
using Fleet.Bench.Latency;
using Fleet.Bench.Limit;
using Fleet.Bench.Memory;
using Fleet.Bench.Picture;
using Fleet.Bench.Processes;
using Fleet.Bench.Queue;
using Fleet.Bench.Scale;

var root = new RootCommand("Measures Fleet against a Redis of its own. These machines are noisy: trust CPU time a run and ratios, not single rates.")
{
    QueueCommand.Create(),
    ApiCommand.Create(),
    LatencyCommand.Create(),
    MemoryCommand.Create(),
    ScaleCommand.Create(),
    DueCommand.Create(),
    IdleCommand.Create(),
    PictureCommand.Create(),
    LimitCommand.Create(),
    FanoutCommand.Create(),
    WorkerCommand.Create(),
    HubCommand.Create(),
};
try
{
    return await root.Parse(args).InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (MeasurementException e)
{
    Console.Error.WriteLine(e.Message);
    return 1;
}
