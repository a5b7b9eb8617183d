using Microsoft.Extensions.Options;

namespace Fleet.SignalR;

/// <summary>What attributes cannot say of <see cref="BackplaneOptions"/>.</summary>
internal sealed class BackplaneOptionsValidator : IValidateOptions<BackplaneOptions>
{
    public ValidateOptionsResult Validate(string? name, BackplaneOptions options)
    {
        var faults = new List<string>();
        if (options.WhenOverflowing is not (MissedMessages.Resynchronise or MissedMessages.Disconnect))
        {
            faults.Add(
                $"{nameof(options.WhenOverflowing)} must be {MissedMessages.Resynchronise} or {MissedMessages.Disconnect}: "
                + "a client must learn that it missed something.");
        }

        if (!Enum.IsDefined(options.WhenInterrupted))
            faults.Add($"{nameof(options.WhenInterrupted)} must be {string.Join(", ", Enum.GetNames<MissedMessages>())}.");
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }
}
