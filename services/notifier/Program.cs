using Fleet.Notifier;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddFleetNotifier(builder.Configuration);

var app = builder.Build();
app.MapFleetNotifier();
app.Run();
