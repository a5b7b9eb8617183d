using Fleet.Api;
using Fleet.Engine.Hosting;

return await FleetHost.RunAsync(args, builder =>
{
    builder.Services.AddFleetApi(builder.Configuration);
    var app = builder.Build();
    app.MapFleetApi();
    return app;
});
