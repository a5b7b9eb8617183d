using Fleet.Engine.Catalogue;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace Fleet.Workers.Tests;

/// <summary>What a worker says of itself, and how it is added to a host.</summary>
public sealed class RegistrationTests(RedisServer redis) : IClassFixture<RedisServer>
{
    private readonly string _prefix = RedisServer.NewPrefix();
    private readonly Stage _stage = new();

    [Fact]
    public async Task A_worker_announces_its_jobs()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, jobs => jobs
            .AddJob<ScriptedJob>("scripted", job => job.Description("Acts.").Queue("stage").Priority(Priority.High).Attempts(7)
                .Timeout(TimeSpan.FromMinutes(2))));

        var job = await worker.Services.GetRequiredService<JobCatalogue>().FindAsync("scripted");

        Assert.Equal("Acts.", job!.Description);
        Assert.Equal(new JobDefaults { Queue = "stage", Priority = Priority.High, MaxAttempts = 7, Timeout = TimeSpan.FromMinutes(2) }, job.Defaults);
        Assert.Equal("object", job.InputSchema.GetProperty("type").GetString());
        Assert.Contains("stage", await worker.Services.GetRequiredService<QueueRegistry>().ListAsync());
    }

    [Fact]
    public async Task A_worker_says_what_it_does_and_that_it_lives()
    {
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, null,
            ("Worker:Name", "anna"), ("Worker:Slots", 3), ("Worker:Queues", "default,mail"), ("Lease", "00:00:01"));
        var registry = worker.Services.GetRequiredService<WorkerRegistry>();
        var first = Assert.Single(await registry.ListAsync());
        var id = await worker.EnqueueAsync("wait");

        await Until.TrueAsync("it is seen again, with what it runs", async () =>
            Assert.Single(await registry.ListAsync()) is var seen && seen.LastSeenAt > first.LastSeenAt && seen.Running.SequenceEqual([id]));

        Assert.Equal("anna", first.Id);
        Assert.Equal(3, first.Slots);
        Assert.Equal(["default", "mail"], first.Queues);
        Assert.Equal(["scripted"], first.Jobs);
        Assert.Equal(Environment.MachineName, first.Host);
        Assert.Equal(Environment.ProcessId, first.ProcessId);
        _stage.Open(id);
    }

    [Fact]
    public async Task Two_calls_of_AddFleetWorker_are_one_worker_with_the_jobs_of_both()
    {
        var configuration = new ConfigurationManager();
        await using var worker = await Worker.StartAsync(redis, _stage, _prefix, jobs =>
        {
            jobs.AddJob<ScriptedJob>("scripted");
            jobs.Services.AddFleetWorker(configuration).AddJob<UndisposableJob>("other");
        });

        Assert.Single(worker.Services.GetServices<IHostedService>().OfType<FleetWorker>());
        var info = Assert.Single(await worker.Services.GetRequiredService<WorkerRegistry>().ListAsync());
        Assert.Equal(["other", "scripted"], info.Jobs);
    }

    [Fact]
    public async Task Two_jobs_of_one_name_keep_a_worker_from_starting()
    {
        var refused = await Assert.ThrowsAsync<Fleet.Engine.FleetException>(() => Worker.StartAsync(redis, _stage, _prefix, jobs => jobs
            .AddJob<ScriptedJob>("same").AddJob<UndisposableJob>("same")));

        Assert.Contains("'same'", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_job_cannot_have_a_name_that_is_Fleets_own()
    {
        var refused = await Assert.ThrowsAsync<ArgumentException>(() => Worker.StartAsync(redis, _stage, _prefix, jobs => jobs.AddJob<ScriptedJob>("fleet.bulk")));

        Assert.Contains("'fleet.'", refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Worker:Slots", "0", "Slots")]
    [InlineData("Worker:Name", "not a name", "Name")]
    [InlineData("Worker:Queues", "", "Queues")]
    [InlineData("Worker:Queues", " , ", "Queues")]
    [InlineData("Worker:Queues", "mail,Not A Queue", "Queues")]
    [InlineData("Worker:CancelGrace", "-00:00:01", "CancelGrace")]
    public async Task Settings_that_will_not_do_are_refused_at_the_start(string key, string value, string says)
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => Worker.StartAsync(redis, _stage, _prefix, null, (key, value)));

        Assert.Contains(says, refused.Message, StringComparison.Ordinal);
    }
}
