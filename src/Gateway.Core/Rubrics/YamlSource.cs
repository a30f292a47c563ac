using System.Globalization;

namespace Gateway.Core.Rubrics;

/// <summary>A value of a file's front matter. What a plain scalar is depends on who asks: <c>no</c> is a text where one is wanted, never a guess.</summary>
/// <param name="path">The value's path.</param>
/// <param name="line">The line where it begins, from 1.</param>
internal sealed class YamlSource(string path, int line) : SourceValue(path, line)
{
    /// <summary>The characters of a scalar; null for lists and objects.</summary>
    public string? Scalar { get; init; }

    /// <summary>True for a scalar without quotes.</summary>
    public bool IsPlain { get; init; }

    /// <summary>The elements of a list; null for what is none.</summary>
    public IReadOnlyList<SourceValue>? List { get; init; }

    /// <summary>The fields of an object; null for what is none.</summary>
    public IReadOnlyList<(string? Name, SourceValue Value)>? Object { get; init; }

    /// <inheritdoc/>
    public override bool IsNull => IsPlain && Scalar is ("" or "~" or "null");

    /// <inheritdoc/>
    public override bool IsObject => Object is not null;

    /// <inheritdoc/>
    public override int? Count => List?.Count;

    /// <inheritdoc/>
    public override double? Number =>
        IsPlain && double.TryParse(Scalar, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <inheritdoc/>
    public override bool? Flag => (IsPlain, Scalar) switch
    {
        (true, "true") => true,
        (true, "false") => false,
        _ => null,
    };

    /// <inheritdoc/>
    public override string? Text(out string fault)
    {
        fault = "it must be a text.";
        return Scalar;
    }

    /// <inheritdoc/>
    public override IEnumerable<SourceValue> Elements() => List ?? [];

    /// <inheritdoc/>
    public override IEnumerable<(string? Name, SourceValue Value)> Fields() => Object ?? [];
}
