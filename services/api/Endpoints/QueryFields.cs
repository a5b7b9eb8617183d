using System.Globalization;
using System.Text.Json;
using Fleet.Api.Bodies;
using Fleet.Engine.Hosting;

namespace Fleet.Api.Endpoints;

/// <summary>Reads query parameters and gathers what is wrong with them.</summary>
internal sealed class QueryFields(HttpRequest request)
{
    private static readonly string[] TimeFormats =
        ["yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd"];

    private readonly FieldErrors _errors = new();

    /// <summary>Refuses the request when anything was wrong.</summary>
    /// <exception cref="ProblemException">Something was.</exception>
    public void Require()
    {
        if (_errors.Any) throw new ProblemException(FleetProblems.InvalidInput(_errors.All));
    }

    /// <summary>A parameter's text; null when it is absent or empty.</summary>
    public string? Text(string name) => request.Query[name] is [{ Length: > 0 } text, ..] ? text : null;

    /// <summary>A whole number.</summary>
    public long Number(string name, long otherwise, long least, long most)
    {
        if (Text(name) is not { } text) return otherwise;
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most)
            return number;
        _errors.Add(name, most == long.MaxValue ? $"must be a whole number of at least {least}" : $"must be a whole number from {least} to {most}");
        return otherwise;
    }

    /// <summary>A moment, in UTC where it does not say.</summary>
    public DateTimeOffset? Time(string name)
    {
        if (Text(name) is not { } text) return null;
        // An unescaped plus arrives as a space.
        var plain = text.Replace(' ', '+');
        if (DateTimeOffset.TryParseExact(plain, TimeFormats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
        _errors.Add(name, "must be a timestamp such as 2026-01-31T09:30:00Z");
        return null;
    }

    /// <summary>A duration: a number of seconds, or hh:mm:ss.</summary>
    public TimeSpan Duration(string name, TimeSpan otherwise, TimeSpan most)
    {
        if (Text(name) is not { } text) return otherwise;
        if (!TryReadDuration(text, out var duration)) _errors.Add(name, "must be a number of seconds or \"hh:mm:ss\"");
        else if (duration < TimeSpan.Zero || duration > most) _errors.Add(name, $"must be from 0 to {most:c}");
        else return duration;
        return otherwise;
    }

    /// <summary>A state's name.</summary>
    public RunState? State(string name)
    {
        if (Text(name) is not { } text) return null;
        if (RunStates.TryParse(text, out var state)) return state;
        _errors.Add(name, $"must be one of {string.Join(", ", RunStates.All.Select(known => known.Name()))}");
        return null;
    }

    /// <summary>Where a list goes on.</summary>
    public RunId? Cursor(string name)
    {
        if (Text(name) is not { } text) return null;
        if (RunId.TryParse(text, out var id)) return id;
        _errors.Add(name, "must be what next was in an earlier page of this list");
        return null;
    }

    /// <summary>As the body of a request has it, so that both take the same.</summary>
    private static bool TryReadDuration(string text, out TimeSpan duration)
    {
        try
        {
            const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint;
            var isNumber = double.TryParse(text, Plain, CultureInfo.InvariantCulture, out var seconds);
            var json = isNumber ? JsonSerializer.SerializeToElement(seconds) : JsonSerializer.SerializeToElement(text);
            duration = json.Deserialize<TimeSpan>(FleetJson.Options);
            return true;
        }
        catch (JsonException)
        {
            duration = default;
            return false;
        }
    }
}
