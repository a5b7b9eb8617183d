using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;

namespace Fleet.Workers;

/// <summary>A job that this worker knows: what it announces, and how an attempt of it is executed.</summary>
internal sealed class JobDefinition
{
    private readonly ExecuteAsync _execute;

    private JobDefinition(JobInfo info, ExecuteAsync execute)
    {
        Info = info;
        _execute = execute;
    }

    private delegate Task<byte[]> ExecuteAsync(ReadOnlyMemory<byte> input, JobContext context, CancellationToken cancellation);

    public JobInfo Info { get; }

    public Backoff Backoff => Info.Defaults.Backoff ?? Backoff.Default;

    public static JobDefinition Of<TJob>(string name, JobBuilder builder) where TJob : class
    {
        Names.Require(name, "job");
        var implemented = typeof(TJob).GetInterfaces()
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IJob<,>)).ToList();
        if (typeof(TJob).IsAbstract) throw new ArgumentException($"{typeof(TJob)} is abstract; a job is made anew for every run.");
        if (implemented is not [var job])
            throw new ArgumentException($"{typeof(TJob)} must implement IJob<TInput, TOutput> once; it does so {implemented.Count} times.");

        var (input, output) = (job.GenericTypeArguments[0], job.GenericTypeArguments[1]);
        var execute = typeof(JobDefinition).GetMethod(nameof(Executor), System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!
            .MakeGenericMethod(typeof(TJob), input, output)
            .Invoke(null, null)!;
        var info = new JobInfo
        {
            Name = name,
            Description = builder.Details,
            InputSchema = InputSchema.Of(input),
            Defaults = builder.Defaults,
        };
        return new JobDefinition(info, (ExecuteAsync)execute);
    }

    /// <summary>Executes one attempt and returns the output as UTF-8 JSON.</summary>
    public Task<byte[]> RunAsync(ReadOnlyMemory<byte> input, JobContext context, CancellationToken cancellation) =>
        _execute(input, context, cancellation);

    private static ExecuteAsync Executor<TJob, TInput, TOutput>() where TJob : class, IJob<TInput, TOutput>
    {
        var create = ActivatorUtilities.CreateFactory<TJob>([]);
        return async (json, context, cancellation) =>
        {
            var input = Read<TInput>(json);
            var job = create(context.Services, []);
            try
            {
                var output = await job.RunAsync(input, context, cancellation);
                return JsonSerializer.SerializeToUtf8Bytes(output, InputSchema.Json);
            }
            finally
            {
                // The container made the job's dependencies and disposes those; the job itself was made here.
                if (job is IAsyncDisposable asynchronous) await asynchronous.DisposeAsync();
                else (job as IDisposable)?.Dispose();
            }
        };
    }

    private static TInput Read<TInput>(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize<TInput>(json.Span, InputSchema.Json)
                ?? throw JobException.Permanent("The input is null, which this job cannot do with.");
        }
        catch (Exception e) when (e is not JobException)
        {
            // Reading it again would lead to the same: a member that is missing or unknown, or a constructor that refuses a value.
            var where = e is JsonException { Path: { } path } && !e.Message.Contains(path, StringComparison.Ordinal) ? $" (at {path})" : "";
            throw JobException.Permanent($"The input does not fit the job: {e.Message}{where}", e);
        }
    }
}
