using Fleet.Cli;

return await FleetCli.RunAsync(args, CliHost.OfProcess());
