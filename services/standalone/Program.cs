using Fleet.Standalone;

return await StandaloneHost.RunAsync(args);
