using Fleet.Worker;
using Fleet.Workers;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddFleetWorker(builder.Configuration).AddBuiltInJobs(builder.Configuration);

var app = builder.Build();
await app.RunAsync();
