using Microsoft.Extensions.Options;

namespace Fleet.Notifier;

/// <summary>What attributes cannot say of <see cref="NotifierOptions"/>.</summary>
internal sealed class NotifierOptionsValidator : IValidateOptions<NotifierOptions>
{
    public ValidateOptionsResult Validate(string? name, NotifierOptions options)
    {
        var faults = options.AllowedOrigins.Where(origin => !IsOrigin(origin)).Select(origin =>
            $"Fleet:Notifier:AllowedOrigins has '{origin}', which is not an origin: write scheme, host and port as in https://example.com:8443, or *.").ToList();
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static bool IsOrigin(string origin) =>
        origin == "*"
        || (Uri.TryCreate(origin, UriKind.Absolute, out var uri)
            && uri.Scheme is "http" or "https"
            && string.Equals(uri.GetLeftPart(UriPartial.Authority), origin, StringComparison.OrdinalIgnoreCase));
}
