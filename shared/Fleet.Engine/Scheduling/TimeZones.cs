using System.Text.RegularExpressions;

namespace Fleet.Engine.Scheduling;

/// <summary>The time zones of the IANA database, as far as this host has them.</summary>
internal static partial class TimeZones
{
    /// <summary>A time zone by its IANA name; null where there is none.</summary>
    public static TimeZoneInfo? Find(string name)
    {
        if (name == ScheduleRule.DefaultZone) return TimeZoneInfo.Utc;
        // Other files beside those of the zones have names too, but not such.
        return Name().IsMatch(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : null;
    }

    /// <summary>Why a name is not that of a zone, to be read after the field's name.</summary>
    public static string Explain(string name)
    {
        var known = TimeZoneInfo.GetSystemTimeZones().Select(zone => zone.Id).Append(ScheduleRule.DefaultZone).Distinct().ToList();
        // A host that has no time zone data knows only its own two or three.
        return known.Count < 100
            ? $"'{name}' is not known here, because the API's host has no time zone data (tzdata): install it, or use UTC"
            : $"must be an IANA time zone such as Europe/Berlin; '{(name.Length > 64 ? name[..64] + "…" : name)}' is none.{NearestName.Question(name, known)}";
    }

    [GeneratedRegex(@"^[A-Z][A-Za-z0-9_+/-]{0,63}\z")]
    private static partial Regex Name();
}
