using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Fleet.Api.Bodies;
using Fleet.Engine.Hosting;
using Fleet.Engine.Runs;

namespace Fleet.Api.Intake;

/// <summary>The runs of one batch on their way into the store. They are held back until they are all there, or too large to be held.</summary>
internal sealed class BatchAssembly(RunResolver resolver, RunStore store, RedisDeadline deadline, string? idempotencyKey, int most) : IDisposable
{
    /// <summary>How many bytes of inputs are held before they are stored.</summary>
    private const int MostHeld = 8 * 1024 * 1024;

    private readonly Dictionary<string, JobInfo?> _jobs = [];
    private readonly List<RunId> _ids = [];
    private readonly List<RejectedRun> _rejected = [];
    private readonly List<(int Index, RunSpec Spec)> _held = [];
    private readonly IncrementalHash _fingerprint = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private long _heldBytes;

    /// <summary>How many runs it may hold.</summary>
    public int Most => most;

    /// <summary>How many runs came so far.</summary>
    public int Count { get; private set; }

    /// <summary>Whether some of its runs are stored already.</summary>
    public bool HasStored { get; private set; }

    /// <summary>How many replicas must have the batch: the most that one of its runs asks for.</summary>
    public int Replicas { get; private set; }

    /// <summary>Takes the next run, or notes why not.</summary>
    /// <param name="json">The run as JSON; it is not needed any more afterwards.</param>
    public async ValueTask AddAsync(ReadOnlyMemory<byte> json)
    {
        var fingerprint = Mark(json);
        Resolution resolution;
        try
        {
            resolution = await resolver.ResolveAsync(JsonBody.Read(json.Span, Wire.NewRun), FindAsync);
        }
        catch (ProblemException e)
        {
            resolution = new Resolution(e.Problem);
        }

        if (resolution.Spec is not { } spec)
        {
            Reject(resolution.Problem!);
            return;
        }

        if (idempotencyKey is not null) spec = Identify(spec, fingerprint!);
        Replicas = Math.Max(Replicas, spec.Replicas);
        _held.Add((Count++, spec));
        _heldBytes += spec.Input.Length;
        if (_heldBytes > MostHeld) await StoreAsync();
    }

    /// <summary>Notes that the next run is not taken.</summary>
    public void Reject(FleetProblem problem) => _rejected.Add(new RejectedRun(Count++, problem));

    /// <summary>Stores what is held, and tells what became of each run.</summary>
    public async Task<BatchResult> EndAsync()
    {
        await StoreAsync();
        return new BatchResult(_ids, [.. _rejected.OrderBy(run => run.Index)]);
    }

    public void Dispose() => _fingerprint.Dispose();

    private async Task StoreAsync()
    {
        if (_held.Count == 0) return;
        if (idempotencyKey is not null && !HasStored) await ClaimKeyAsync();
        HasStored = true;
        var results = await deadline.FollowAsync(store.EnqueueAsync([.. _held.Select(run => run.Spec)]));
        for (var i = 0; i < results.Length; i++)
        {
            if (results[i].Outcome == EnqueueOutcome.Conflict)
                _rejected.Add(new RejectedRun(_held[i].Index, FleetProblems.IdempotencyConflict(idempotencyKey!)));
            else _ids.Add(results[i].Id);
        }

        _held.Clear();
        _heldBytes = 0;
    }

    /// <summary>Each run of a batch has a key of its own, so that a batch sent again stores only what is not stored yet.</summary>
    private RunSpec Identify(RunSpec spec, string fingerprint) => spec with
    {
        IdempotencyKey = string.Create(CultureInfo.InvariantCulture, $"{idempotencyKey}\nbatch\n{Count}"),
        Fingerprint = fingerprint,
    };

    /// <summary>Adds a run to what tells this batch from another one; returns what tells this run from another one.</summary>
    private string? Mark(ReadOnlyMemory<byte> json)
    {
        if (idempotencyKey is null) return null;
        var fingerprint = Idempotency.Fingerprint("batch", json);
        _fingerprint.AppendData(Encoding.ASCII.GetBytes(fingerprint));
        return fingerprint;
    }

    /// <summary>
    /// The key stands for what is known of the batch when its first runs are stored: all of it, unless it is larger than what is held.
    /// Whatever differs later on meets the keys of the single runs.
    /// </summary>
    private async Task ClaimKeyAsync()
    {
        var fingerprint = Convert.ToHexStringLower(_fingerprint.GetCurrentHash().AsSpan(0, 16));
        if (!await deadline.ApplyAsync(store.ClaimAsync(idempotencyKey!, fingerprint))) throw new ProblemException(FleetProblems.IdempotencyConflict(idempotencyKey!));
    }

    /// <summary>A job that does not exist is looked for once a batch, not once a run.</summary>
    private async ValueTask<JobInfo?> FindAsync(string name)
    {
        if (_jobs.TryGetValue(name, out var known)) return known;
        return _jobs[name] = await resolver.FindAsync(name);
    }
}
