using System.Text.Json.Serialization.Metadata;

namespace Fleet.Api;

/// <summary>The serialisers of what is read and written, made at build time and looked up once.</summary>
internal static class Wire
{
    public static readonly JsonTypeInfo<NewRun> NewRun = Of<NewRun>();
    public static readonly JsonTypeInfo<NewRunBatch> NewRunBatch = Of<NewRunBatch>();
    public static readonly JsonTypeInfo<ForkRun> ForkRun = Of<ForkRun>();
    public static readonly JsonTypeInfo<Run> Run = Of<Run>();
    public static readonly JsonTypeInfo<Page<Run>> Runs = Of<Page<Run>>();
    public static readonly JsonTypeInfo<Page<RunEvent>> Events = Of<Page<RunEvent>>();
    public static readonly JsonTypeInfo<BatchResult> BatchResult = Of<BatchResult>();
    public static readonly JsonTypeInfo<JobInfo> Job = Of<JobInfo>();
    public static readonly JsonTypeInfo<Page<JobInfo>> Jobs = Of<Page<JobInfo>>();
    public static readonly JsonTypeInfo<Page<WorkerInfo>> Workers = Of<Page<WorkerInfo>>();
    public static readonly JsonTypeInfo<Page<QueueInfo>> Queues = Of<Page<QueueInfo>>();
    public static readonly JsonTypeInfo<WorkerInfo> Worker = Of<WorkerInfo>();
    public static readonly JsonTypeInfo<QueueInfo> Queue = Of<QueueInfo>();
    public static readonly JsonTypeInfo<QueueDemand> Demand = Of<QueueDemand>();
    public static readonly JsonTypeInfo<PurgeResult> PurgeResult = Of<PurgeResult>();
    public static readonly JsonTypeInfo<BulkRequest> BulkRequest = Of<BulkRequest>();
    public static readonly JsonTypeInfo<BulkReceipt> BulkReceipt = Of<BulkReceipt>();
    public static readonly JsonTypeInfo<RunExplanation> Explanation = Of<RunExplanation>();
    public static readonly JsonTypeInfo<Page<Setting>> Settings = Of<Page<Setting>>();
    public static readonly JsonTypeInfo<Diagnosis> Diagnosis = Of<Diagnosis>();
    public static readonly JsonTypeInfo<FleetStats> Stats = Of<FleetStats>();
    public static readonly JsonTypeInfo<Page<StatsMinute>> StatsMinutes = Of<Page<StatsMinute>>();
    public static readonly JsonTypeInfo<Page<JobStats>> JobStats = Of<Page<JobStats>>();
    public static readonly JsonTypeInfo<SchedulePreview> SchedulePreview = Of<SchedulePreview>();
    public static readonly JsonTypeInfo<NewSchedule> NewSchedule = Of<NewSchedule>();
    public static readonly JsonTypeInfo<Schedule> Schedule = Of<Schedule>();
    public static readonly JsonTypeInfo<Page<Schedule>> Schedules = Of<Page<Schedule>>();

    private static JsonTypeInfo<T> Of<T>() => (JsonTypeInfo<T>)FleetJson.Options.GetTypeInfo(typeof(T));
}
