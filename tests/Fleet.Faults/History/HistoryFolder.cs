namespace Fleet.Faults.History;

/// <summary>The folder that a history is written to while it happens, and read from afterwards.</summary>
internal sealed class HistoryFolder : IDisposable
{
    private readonly List<Journal> _journals = [];

    /// <summary>Opens a folder, and makes it where it is missing.</summary>
    public HistoryFolder(string path)
    {
        Path = Directory.CreateDirectory(path).FullName;
        Directory.CreateDirectory(EffectsFolder);
        Directory.CreateDirectory(LogsFolder);
        Requests = Open("requests");
        Calls = Open("calls");
        Watches = Open("watches");
        Faults = Open("faults");
        Processes = Open("processes");
        Complaints = Open("complaints");
        Runs = Open("runs");
        Schedules = Open("schedules");
        Intent = Open("intent");
        Leftovers = Open("leftovers");
    }

    public string Path { get; }

    public string EffectsFolder => System.IO.Path.Combine(Path, "effects");

    public string LogsFolder => System.IO.Path.Combine(Path, "logs");

    public Journal Requests { get; }

    public Journal Calls { get; }

    public Journal Watches { get; }

    public Journal Faults { get; }

    public Journal Processes { get; }

    public Journal Complaints { get; }

    public Journal Runs { get; }

    public Journal Schedules { get; }

    public Journal Intent { get; }

    public Journal Leftovers { get; }

    /// <summary>The file of the effects that one life of a worker has.</summary>
    public string EffectsOf(string worker) => System.IO.Path.Combine(EffectsFolder, worker + ".ndjson");

    /// <summary>Reads a history back.</summary>
    /// <exception cref="InvalidOperationException">It is not whole: the suite broke off.</exception>
    public static FullHistory Read(string path)
    {
        return new FullHistory(
            One<Intent>("intent"),
            All<Request>("requests"),
            All<Call>("calls"),
            [.. Directory.EnumerateFiles(System.IO.Path.Combine(path, "effects")).Order(StringComparer.Ordinal).SelectMany(Journal.Read<Effect>)],
            All<RunStory>("runs"),
            All<WatchStory>("watches"),
            All<FaultStory>("faults"),
            All<ProcessEnd>("processes"),
            One<Leftovers>("leftovers"),
            All<ScheduleStory>("schedules"),
            All<Complaint>("complaints"));

        List<T> All<T>(string name) => [.. Journal.Read<T>(System.IO.Path.Combine(path, name + ".ndjson"))];

        T One<T>(string name) => All<T>(name) is [var only]
            ? only
            : throw new InvalidOperationException($"{path} holds no whole history: {name}.ndjson should have one line.");
    }

    public void Dispose() => _journals.ForEach(journal => journal.Dispose());

    private Journal Open(string name)
    {
        var journal = new Journal(System.IO.Path.Combine(Path, name + ".ndjson"));
        _journals.Add(journal);
        return journal;
    }
}
