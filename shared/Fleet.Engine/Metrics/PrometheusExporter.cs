using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Fleet.Engine.Metrics;

/// <summary>Listens to Fleet's meter and the runtime's, and writes what they measured in Prometheus's text format.</summary>
internal sealed class PrometheusExporter : IDisposable
{
    /// <summary>The format's media type.</summary>
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<Instrument, MetricSeries> _series = new();

    public PrometheusExporter()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name is not (FleetMetrics.MeterName or "System.Runtime")) return;
            listener.EnableMeasurementEvents(instrument, _series.GetOrAdd(instrument, created => new MetricSeries(created)));
        };
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, series) => ((MetricSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, series) => ((MetricSeries)series!).Record(value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, series) => ((MetricSeries)series!).Record(value, tags));
        // The instruments exist from the first look at them on; without it a process that did nothing yet would show none.
        _ = FleetMetrics.Meter;
        _listener.Start();
    }

    public void Dispose() => _listener.Dispose();

    /// <summary>Everything measured so far.</summary>
    public string Write()
    {
        _listener.RecordObservableInstruments();
        var text = new StringBuilder(8192);
        WriteProcess(text);
        // Two meters of one name, as tests make them, are one to Prometheus.
        foreach (var series in _series.Values.OrderBy(series => series.Name, StringComparer.Ordinal).DistinctBy(series => series.Name))
            series.Write(text);
        return text.ToString();
    }

    /// <summary>What every exporter tells of its process, under the names that dashboards know.</summary>
    private static void WriteProcess(StringBuilder text)
    {
        using var process = Process.GetCurrentProcess();
        Write("process_cpu_seconds_total", "counter", "Processor time used, user and system.", process.TotalProcessorTime.TotalSeconds);
        Write("process_resident_memory_bytes", "gauge", "Resident memory.", process.WorkingSet64);
        Write("process_start_time_seconds", "gauge", "When the process started, in seconds since 1970.",
            new DateTimeOffset(process.StartTime.ToUniversalTime()).ToUnixTimeMilliseconds() / 1000.0);
        Write("process_threads", "gauge", "Threads of the operating system.", process.Threads.Count);

        void Write(string name, string type, string help, double value) =>
            text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n{name} {value}\n");
    }
}
