using System.CommandLine;
using Fleet.Bench;

var root = new RootCommand("Measures Fleet against a Redis of its own. These machines are noisy: trust CPU time a run and ratios, not single rates.");
root.Subcommands.Add(QueueBench.Command());
root.Subcommands.Add(DueBench.Command());
root.Subcommands.Add(PictureBench.Command());
root.Subcommands.Add(BenchWorker.Command());
return await root.Parse(args).InvokeAsync();
