namespace Fleet.Client;

public sealed partial class FleetClient
{
    /// <summary>The jobs that workers announced.</summary>
    public Task<IReadOnlyList<JobInfo>> ListJobsAsync(CancellationToken cancellation = default) => ItemsAsync<JobInfo>("v1/jobs", cancellation);

    /// <summary>A job.</summary>
    public Task<JobInfo> GetJobAsync(string name, CancellationToken cancellation = default) =>
        _transport.GetAsync<JobInfo>($"v1/jobs/{Uri.EscapeDataString(name)}", cancellation);

    /// <summary>The queues ever used, and how full they are.</summary>
    public Task<IReadOnlyList<QueueInfo>> ListQueuesAsync(CancellationToken cancellation = default) =>
        ItemsAsync<QueueInfo>("v1/queues", cancellation);

    /// <summary>How many slots a queue could use.</summary>
    /// <param name="queue">Its name; several, separated by commas; or <c>*</c> for all.</param>
    /// <param name="cancellation">Stops waiting for the answer.</param>
    public Task<QueueDemand> GetDemandAsync(string queue, CancellationToken cancellation = default) =>
        _transport.GetAsync<QueueDemand>($"v1/queues/{Uri.EscapeDataString(queue)}/demand", cancellation);

    /// <summary>The workers that live.</summary>
    public Task<IReadOnlyList<WorkerInfo>> ListWorkersAsync(CancellationToken cancellation = default) =>
        ItemsAsync<WorkerInfo>("v1/workers", cancellation);

    /// <summary>The fleet in numbers.</summary>
    public Task<FleetStats> GetStatsAsync(CancellationToken cancellation = default) => _transport.GetAsync<FleetStats>("v1/stats", cancellation);

    /// <summary>The last minutes, oldest first, the current one last.</summary>
    public Task<IReadOnlyList<StatsMinute>> GetStatsHistoryAsync(int minutes, CancellationToken cancellation = default) =>
        ItemsAsync<StatsMinute>($"v1/stats/history?minutes={minutes}", cancellation);

    /// <summary>How the runs of each job ended in the last minutes and how long they took, by name; jobs of which none ended are left out.</summary>
    public Task<IReadOnlyList<JobStats>> GetJobStatsAsync(int minutes, CancellationToken cancellation = default) =>
        ItemsAsync<JobStats>($"v1/stats/jobs?minutes={minutes}", cancellation);

    /// <summary>What is wrong with the fleet, and what to do about it.</summary>
    public Task<Diagnosis> ExamineAsync(CancellationToken cancellation = default) => _transport.GetAsync<Diagnosis>("v1/doctor", cancellation);

    /// <summary>Every option of the process that answers.</summary>
    public Task<IReadOnlyList<Setting>> GetConfigAsync(CancellationToken cancellation = default) => ItemsAsync<Setting>("v1/config", cancellation);

    /// <summary>All items of a list, over as many pages as it has.</summary>
    private async Task<IReadOnlyList<T>> ItemsAsync<T>(string path, CancellationToken cancellation)
    {
        var items = new List<T>();
        string? cursor = null;
        do
        {
            var separator = path.Contains('?', StringComparison.Ordinal) ? '&' : '?';
            var page = await _transport.GetAsync<Page<T>>(cursor is null ? path : $"{path}{separator}cursor={Uri.EscapeDataString(cursor)}", cancellation);
            items.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        return items;
    }
}
