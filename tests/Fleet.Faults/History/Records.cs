using System.Text.Json.Serialization;
using Fleet.Faults.Faults;
using Fleet.Faults.Jobs;

namespace Fleet.Faults.History;

/// <summary>A request of the client's for new runs, which it may have sent several times.</summary>
/// <param name="Op">Its name, which is in the inputs of its runs.</param>
/// <param name="Keyed">Whether it has an Idempotency-Key, and is sent until it is answered.</param>
/// <param name="Batch">Whether it went to the address for batches.</param>
/// <param name="Steps">The inputs.</param>
/// <param name="At">When it was first sent.</param>
internal sealed record Request(string Op, bool Keyed, bool Batch, IReadOnlyList<Step> Steps, DateTimeOffset At);

/// <summary>What a call asked for.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<CallKind>))]
internal enum CallKind
{
    /// <summary>New runs.</summary>
    Submit,

    /// <summary>A run's end.</summary>
    Cancel,

    /// <summary>Another life of a run.</summary>
    Retry,

    /// <summary>A run as it is.</summary>
    Read,

    /// <summary>A schedule.</summary>
    Schedule,
}

/// <summary>One call of the API and what came of it.</summary>
/// <param name="Kind">What it asked for.</param>
/// <param name="At">When it was sent.</param>
/// <param name="Ms">How long the answer took, or the client waited for one.</param>
/// <param name="Api">Which replica was asked.</param>
/// <param name="Op">For new runs, the request.</param>
/// <param name="Run">Otherwise the run.</param>
/// <param name="Status">The answer's status; 0 when none came.</param>
/// <param name="Note">What the problem or the error said.</param>
/// <param name="Told">The runs the answer told of.</param>
internal sealed record Call(
    CallKind Kind, DateTimeOffset At, double Ms, string Api, string? Op, RunId? Run, int Status, string? Note, IReadOnlyList<Told> Told)
{
    /// <summary>Whether the API did what it was asked.</summary>
    [JsonIgnore]
    public bool IsDone => Status is >= 200 and < 300;
}

/// <summary>What an answer says of a run; only its id where the answer has no more.</summary>
internal sealed record Told(RunId Id, RunState? State = null, long Seq = 0, int Attempt = 0);

/// <summary>How far an execution of a handler came.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EffectPhase>))]
internal enum EffectPhase
{
    /// <summary>It was called.</summary>
    Began,

    /// <summary>It did what it is for; all that is left is to return.</summary>
    Done,

    /// <summary>It failed.</summary>
    Threw,

    /// <summary>It put its run off.</summary>
    Snoozed,

    /// <summary>It ended because its token said so.</summary>
    Cancelled,
}

/// <summary>What a handler recorded outside Redis.</summary>
internal sealed record Effect(string Execution, RunId Run, int Attempt, string Worker, Deed Do, EffectPhase Phase, DateTimeOffset At);

/// <summary>A run and its timeline as they were in Redis when everything was over.</summary>
/// <param name="Run">The run.</param>
/// <param name="Events">Its timeline.</param>
/// <param name="Listings">The listings that it is in.</param>
internal sealed record RunStory(Run Run, IReadOnlyList<RunEvent> Events, IReadOnlyList<string> Listings);

/// <summary>What somebody saw who watched a run through the notifier, in the order in which it came, over all interruptions.</summary>
/// <param name="Run">The run.</param>
/// <param name="Via">How: <c>sse</c> or <c>hub</c>.</param>
/// <param name="From">When the watch began.</param>
/// <param name="To">When it ended.</param>
/// <param name="Events">What came.</param>
/// <param name="Interruptions">How often the connection was lost.</param>
/// <param name="SawEnd">Whether the watch ended because the run did.</param>
/// <param name="Error">What the watch ended with, where it was not the run's end.</param>
internal sealed record WatchStory(
    RunId Run, string Via, DateTimeOffset From, DateTimeOffset To, IReadOnlyList<RunEvent> Events, int Interruptions, bool SawEnd, string? Error);

/// <summary>A fault as it was done.</summary>
internal sealed record FaultStory(int Number, FaultKind Kind, string Target, DateTimeOffset From, DateTimeOffset To, string? Note)
{
    /// <summary>The note on a fault that met nobody, because the process was down already.</summary>
    public const string Missed = "it was down already";

    /// <summary>Whether it happened.</summary>
    [JsonIgnore]
    public bool Struck => Note != Missed;

    /// <inheritdoc cref="Fault.Name"/>
    [JsonIgnore]
    public string Name => $"{Kind.ToString().ToLowerInvariant()} {Target}";
}

/// <summary>Who wanted a process to end.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EndWish>))]
internal enum EndWish
{
    /// <summary>Nobody.</summary>
    None,

    /// <summary>The suite, with SIGTERM.</summary>
    Asked,

    /// <summary>The suite, with SIGKILL.</summary>
    Killed,
}

/// <summary>The end of a process.</summary>
/// <param name="Name">Its name, such as <c>worker-2</c>.</param>
/// <param name="Life">Which of its lives ended, from 1.</param>
/// <param name="At">When.</param>
/// <param name="Code">The exit code.</param>
/// <param name="Wish">Whether it was to end.</param>
/// <param name="WasReady">Whether it had ever been ready in that life.</param>
/// <param name="Overdue">Whether it had to be killed because it did not end when it was asked to.</param>
internal sealed record ProcessEnd(string Name, int Life, DateTimeOffset At, int Code, EndWish Wish, bool WasReady, bool Overdue);

/// <summary>What is left in Redis when everything is final.</summary>
/// <param name="Active">Ids listed as not final.</param>
/// <param name="Due">Ids that wait for their time.</param>
/// <param name="Streams">The queues' streams.</param>
internal sealed record Leftovers(IReadOnlyList<string> Active, IReadOnlyList<string> Due, IReadOnlyList<StreamLeftovers> Streams);

/// <summary>What is left in a stream.</summary>
internal sealed record StreamLeftovers(string Key, long Length, long Pending);

/// <summary>A schedule, and when it has to create runs.</summary>
/// <param name="Name">The schedule.</param>
/// <param name="Ticks">The times of its ticks.</param>
internal sealed record ScheduleStory(string Name, IReadOnlyList<DateTimeOffset> Ticks);

/// <summary>What was set out to be done, so that a suite that did next to nothing cannot pass.</summary>
/// <param name="Seed">The seed.</param>
/// <param name="Began">When it began.</param>
/// <param name="Storm">How long runs were asked for.</param>
/// <param name="Faults">How many faults were planned.</param>
/// <param name="Runs">How many runs were to be asked for.</param>
internal sealed record Intent(ulong Seed, DateTimeOffset Began, TimeSpan Storm, int Faults, int Runs);

/// <summary>What the suite could not bring about in time, such as a process that did not come back.</summary>
internal sealed record Complaint(DateTimeOffset At, string Text);

/// <summary>Everything that is known of what happened.</summary>
internal sealed record FullHistory(
    Intent Intent,
    IReadOnlyList<Request> Requests,
    IReadOnlyList<Call> Calls,
    IReadOnlyList<Effect> Effects,
    IReadOnlyList<RunStory> Runs,
    IReadOnlyList<WatchStory> Watches,
    IReadOnlyList<FaultStory> Faults,
    IReadOnlyList<ProcessEnd> Processes,
    Leftovers Leftovers,
    IReadOnlyList<ScheduleStory> Schedules,
    IReadOnlyList<Complaint> Complaints);
