using System.ComponentModel.DataAnnotations;

namespace Fleet.Worker.Files;

/// <summary>Which files jobs may read, from the configuration section <c>Fleet:Worker:Files</c>.</summary>
internal sealed class FilesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker:Files";

    /// <summary>The directory below which files may be read, and from which relative paths start; <c>/</c> for any file.</summary>
    /// <value>Default: <c>.</c>, the directory the worker was started in.</value>
    [Required(AllowEmptyStrings = false)]
    public string Root { get; set; } = ".";
}
