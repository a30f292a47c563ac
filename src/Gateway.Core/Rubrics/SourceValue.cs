namespace Gateway.Core.Rubrics;

/// <summary>One value of the text that a rubric is read from, whatever its notation; looked into only when asked, since that text may be hostile.</summary>
/// <param name="path">The value's path.</param>
/// <param name="line">The line where it begins, from 1; 0 where there are no lines.</param>
internal abstract class SourceValue(string path, int line)
{
    /// <summary>The value's path.</summary>
    public string Path { get; } = path;

    /// <summary>The line where it begins, from 1; 0 where there are no lines.</summary>
    public int Line { get; } = line;

    /// <summary>True for null, which is as good as missing.</summary>
    public abstract bool IsNull { get; }

    /// <summary>True for an object.</summary>
    public abstract bool IsObject { get; }

    /// <summary>How many elements a list has; null for what is no list.</summary>
    public abstract int? Count { get; }

    /// <summary>A number; null for what is none.</summary>
    public abstract double? Number { get; }

    /// <summary>True or false; null for what is neither.</summary>
    public abstract bool? Flag { get; }

    /// <summary>A text; null for what is none, and where <paramref name="fault"/> says why.</summary>
    public abstract string? Text(out string fault);

    /// <summary>The elements of a list.</summary>
    public abstract IEnumerable<SourceValue> Elements();

    /// <summary>The fields of an object as they come, repeated ones too; a name that is no text is null.</summary>
    public abstract IEnumerable<(string? Name, SourceValue Value)> Fields();

    /// <summary>A fault of this value.</summary>
    public RubricFault Fault(string message) => new(Path, Line, message);

    /// <summary>A fault of this value whose message quotes its text.</summary>
    /// <param name="message">What is wrong, and what to do.</param>
    /// <param name="plain">The same without a word of the text.</param>
    public RubricFault Fault(string message, string plain) => new(Path, Line, message) { Plain = $"{Path}: {plain}" };
}
