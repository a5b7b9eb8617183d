using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using System.Globalization;
using System.Text;

namespace Fleet.Engine.Metrics;

/// <summary>One instrument's values, by their labels, as Prometheus wants them.</summary>
internal sealed class MetricSeries
{
    private static readonly double[] DefaultBounds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

    private readonly Instrument _instrument;
    private readonly Kind _kind;
    private readonly double[] _bounds;
    private readonly ConcurrentDictionary<string, Value> _values = new();
    private readonly Value _unlabelled;
    private int _unlabelledUsed;

    public MetricSeries(Instrument instrument)
    {
        _instrument = instrument;
        var type = instrument.GetType().GetGenericTypeDefinition();
        _kind = type == typeof(Counter<>) ? Kind.Counter
            : type == typeof(ObservableCounter<>) ? Kind.ObservedCounter
            : type == typeof(UpDownCounter<>) ? Kind.Sum
            : type == typeof(Histogram<>) ? Kind.Histogram
            : Kind.Gauge;
        _bounds = (instrument as Histogram<double>)?.Advice?.HistogramBucketBoundaries?.ToArray() ?? DefaultBounds;
        _unlabelled = NewValue();
        Name = PrometheusName(instrument, _kind is Kind.Counter or Kind.ObservedCounter);
    }

    private enum Kind { Counter, ObservedCounter, Sum, Gauge, Histogram }

    /// <summary>The name in Prometheus's spelling.</summary>
    public string Name { get; }

    public void Record(double measured, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.IsEmpty) Volatile.Write(ref _unlabelledUsed, 1);
        var value = tags.IsEmpty ? _unlabelled : _values.GetOrAdd(Labels(tags), _ => NewValue());
        lock (value)
        {
            switch (_kind)
            {
                case Kind.Counter or Kind.Sum: value.Sum += measured; break;
                case Kind.Histogram: value.Add(measured, _bounds); break;
                default: value.Sum = measured; break;
            }
        }
    }

    public void Write(StringBuilder text)
    {
        IEnumerable<KeyValuePair<string, Value>> values = _values.OrderBy(value => value.Key, StringComparer.Ordinal);
        // A counter that has not counted yet is 0; of a gauge or a labelled counter nothing is known.
        if (Volatile.Read(ref _unlabelledUsed) == 1 || (_kind is Kind.Counter && _values.IsEmpty)) values = values.Prepend(new("", _unlabelled));

        text.Append(CultureInfo.InvariantCulture, $"# HELP {Name} {Escape(_instrument.Description ?? "")}\n");
        text.Append(CultureInfo.InvariantCulture, $"# TYPE {Name} {TypeName}\n");
        foreach (var (labels, value) in values)
        {
            lock (value)
            {
                if (_kind == Kind.Histogram) WriteHistogram(text, labels, value);
                else Line(text, Name, labels, value.Sum);
            }
        }
    }

    private string TypeName => _kind switch
    {
        Kind.Counter or Kind.ObservedCounter => "counter",
        Kind.Histogram => "histogram",
        _ => "gauge",
    };

    private void WriteHistogram(StringBuilder text, string labels, Value value)
    {
        var comma = labels.Length == 0 ? "" : ",";
        long below = 0;
        for (var i = 0; i < _bounds.Length; i++)
        {
            below += value.Buckets![i];
            Line(text, Name + "_bucket", string.Create(CultureInfo.InvariantCulture, $"{labels}{comma}le=\"{_bounds[i]}\""), below);
        }

        Line(text, Name + "_bucket", $"{labels}{comma}le=\"+Inf\"", value.Count);
        Line(text, Name + "_sum", labels, value.Sum);
        Line(text, Name + "_count", labels, value.Count);
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0) text.Append('{').Append(labels).Append('}');
        text.Append(' ').Append(value.ToString(CultureInfo.InvariantCulture)).Append('\n');
    }

    private Value NewValue() => new() { Buckets = _kind == Kind.Histogram ? new long[_bounds.Length + 1] : null };

    private static string Labels(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in tags)
        {
            if (text.Length > 0) text.Append(',');
            text.Append(Spell(name)).Append("=\"").Append(Escape(Convert.ToString(value, CultureInfo.InvariantCulture) ?? "")
                .Replace("\"", "\\\"", StringComparison.Ordinal)).Append('"');
        }

        return text.ToString();
    }

    private static string PrometheusName(Instrument instrument, bool counts)
    {
        var name = Spell(instrument.Name);
        // Units in braces are remarks, as in "{run}".
        var unit = instrument.Unit switch { "s" => "_seconds", "ms" => "_milliseconds", "By" => "_bytes", _ => "" };
        if (!name.EndsWith(unit, StringComparison.Ordinal)) name += unit;
        return counts ? name + "_total" : name;
    }

    private static string Spell(string name) => string.Concat(name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_'));

    private static string Escape(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private sealed class Value
    {
        public double Sum { get; set; }

        public long Count { get; private set; }

        public long[]? Buckets { get; init; }

        public void Add(double measured, double[] bounds)
        {
            Sum += measured;
            Count++;
            var bucket = Array.FindIndex(bounds, bound => measured <= bound);
            Buckets![bucket < 0 ? bounds.Length : bucket]++;
        }
    }
}
