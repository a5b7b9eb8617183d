using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.Options;

namespace Fleet.Engine.Hosting;

/// <summary>Holds options, nested ones too, against their attributes; every fault is told with its configuration key and value.</summary>
internal sealed class AnnotationValidator<TOptions>(string section) : IValidateOptions<TOptions> where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        var faults = new List<string>();
        Check(section, options, faults);
        return faults.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(faults);
    }

    private static void Check(string path, object options, List<string> faults)
    {
        foreach (var property in options.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(property => property.CanRead))
        {
            var key = $"{path}:{property.Name}";
            var value = property.GetValue(options);
            foreach (var rule in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (!rule.IsValid(value)) faults.Add(Describe(rule, key, value));
            }

            if (value is not null && FleetSection.IsNested(property.PropertyType)) Check(key, value, faults);
        }
    }

    private static string Describe(ValidationAttribute rule, string key, object? value) => rule switch
    {
        { ErrorMessage: { } words } => $"{words} It is {Show(value)}.",
        RangeAttribute range => $"{key} must be from {Show(range.Minimum)} to {Show(range.Maximum)}. It is {Show(value)}.",
        RequiredAttribute => $"{key} must be given.",
        _ => $"{rule.FormatErrorMessage(key)} It is {Show(value)}.",
    };

    private static string Show(object? value) => value switch
    {
        null => "nothing",
        string text => $"'{text}'",
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString() ?? "",
    };
}
