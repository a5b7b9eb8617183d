using Fleet.Dashboard;
using Fleet.Engine;
using Fleet.Engine.Hosting;
using Fleet.Hangfire;
using Hangfire;
using Hangfire.Dashboard;
using Hangfire.Redis.StackExchange;
using Microsoft.Extensions.Options;

return await FleetHost.RunAsync(args, builder =>
{
    builder.Services.AddFleetOptions<FleetOptions>(builder.Configuration, FleetOptions.Section);
    builder.Services.AddFleetOptions<HangfireOptions>(builder.Configuration, HangfireOptions.Section);
    builder.Services.AddFleetOptions<DashboardHostOptions>(builder.Configuration, DashboardHostOptions.Section);

    // No Hangfire server: Fleet's workers execute what is shown here.
    builder.Services.AddHangfire((services, hangfire) =>
    {
        var fleet = services.GetRequiredService<IOptions<FleetOptions>>().Value;
        var picture = services.GetRequiredService<IOptions<HangfireOptions>>().Value;
        hangfire.SetDataCompatibilityLevel(CompatibilityLevel.Version_180)
            .UseSimpleAssemblyNameTypeSerializer()
            .UseRecommendedSerializerSettings()
            .UseRedisStorage(picture.Redis ?? fleet.Redis, new RedisStorageOptions { Prefix = picture.PrefixOf(fleet) });
    });

    var app = builder.Build();
    var options = app.Services.GetRequiredService<IOptions<DashboardHostOptions>>().Value;
    IDashboardAuthorizationFilter filter = string.IsNullOrEmpty(options.Password) ? new LocalRequestsOnlyAuthorizationFilter() : new PasswordFilter(options);
    app.MapGet("/livez", () => Results.Ok());
    app.MapGet("/", () => Results.Redirect("/hangfire"));
    app.MapHangfireDashboard("/hangfire", new DashboardOptions
    {
        DashboardTitle = "Fleet",
        AppPath = null,
        Authorization = [filter],
        IsReadOnlyFunc = _ => options.ReadOnly,
        // The type of every job is here, because it is referenced: it gives the name, and without it Requeue could not enqueue.
        DisplayNameFunc = (_, job) => job.Type == typeof(FleetRun) ? string.Join(' ', job.Args) : job.ToString(),
    });
    return app;
});
