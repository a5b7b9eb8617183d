using Fleet.Engine.Hosting;
using Fleet.Notifier;

return await FleetHost.RunAsync(args, builder =>
{
    builder.Services.AddFleetNotifier(builder.Configuration);
    var app = builder.Build();
    app.MapFleetNotifier();
    return app;
});
