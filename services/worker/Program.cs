using Fleet.Engine.Hosting;
using Fleet.Worker;
using Fleet.Workers;

return await FleetHost.RunAsync(args, builder =>
{
    builder.Services.AddFleetWorker(builder.Configuration).AddBuiltInJobs(builder.Configuration);
    builder.Services.AddFleetHealth();
    var app = builder.Build();
    app.MapFleetHealth();
    return app;
});
