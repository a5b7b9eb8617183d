using Fleet.Engine;
using Microsoft.Extensions.Options;

namespace Fleet.Hangfire;

/// <summary>What no attribute can say of the options.</summary>
internal sealed class HangfireOptionsValidator(IOptions<FleetOptions> fleet) : IValidateOptions<HangfireOptions>
{
    public ValidateOptionsResult Validate(string? name, HangfireOptions options)
    {
        var faults = new List<string>();
        // Fleet's keys all begin with its prefix and a colon.
        if (options.Prefix is { } prefix && (prefix.StartsWith($"{fleet.Value.Prefix}:", StringComparison.Ordinal)))
            faults.Add($"Fleet:Hangfire:Prefix must not begin like the keys of Fleet itself, '{fleet.Value.Prefix}:'. It is '{prefix}'.");
        if (options.Interval > options.Lease / 2) faults.Add("Fleet:Hangfire:Interval must be at most half of Fleet:Hangfire:Lease.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
