using System.ComponentModel.DataAnnotations;

namespace Fleet.Worker.Files;

/// <summary>Which files jobs may read, from the configuration section <c>Fleet:Worker:Files</c>.</summary>
internal sealed class FilesOptions
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Fleet:Worker:Files";

    /// <summary>
    /// The directory below which files may be read; <c>/</c> for any file. Relative paths start where the worker was started, if that
    /// lies below this directory, else at this directory.
    /// </summary>
    /// <value>Default: <c>.</c>, the directory the worker was started in.</value>
    [Required(AllowEmptyStrings = false)]
    public string Root { get; set; } = ".";
}
