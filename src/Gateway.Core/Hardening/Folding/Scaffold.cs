namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// A form that nobody filled in, whatever its language and markup: on each line a heading (<c># Solution</c>, <c>**Lösung**</c>, <c>== 解 ==</c>, <c>[Answer]</c>,
/// <c>\section{Proof}</c>), a label with no value (<c>- Thought:</c>, <c>Action: none</c>), a number of a list or a rule, and nothing else.
/// </summary>
internal ref struct Scaffold
{
    private const int Longest = 48;
    private const int MostWords = 6;
    private const int MostLines = 40;

    private bool _hasRow;

    /// <summary>How many headings it has.</summary>
    public int Headings { get; private set; }

    /// <summary>How many labels without a value it has.</summary>
    public int Labels { get; private set; }

    /// <summary>True where it is more than one word in bold or brackets, which may be an answer.</summary>
    public readonly bool IsForm(ReadOnlySpan<byte> folded) => Labels > 0 || Headings > 1 || folded.TrimStart(" \r\n"u8) is [(byte)'#' or (byte)'=' or (byte)'\\' or (byte)'|', ..];

    /// <summary>Reads folded text; false where a line says something.</summary>
    public bool Run(ReadOnlySpan<byte> folded)
    {
        var lines = 0;
        foreach (var range in folded.Split((byte)'\n'))
        {
            var line = folded[range].Trim(" \t\r"u8);
            if (line.IsEmpty)
            {
                continue;
            }

            if (++lines > MostLines || !See(line))
            {
                return false;
            }
        }

        return Headings + Labels > 0;
    }

    private bool See(ReadOnlySpan<byte> line)
    {
        var words = line.TrimStart(" #=*_->|.~%/;:+\\\"'[({<`0123456789)"u8);
        words = words.TrimEnd(" #=*_->|~%/\\\"'])}>`"u8);
        if (words.IsEmpty || EmptyMarkup.Holds(line))
        {
            return true;
        }

        if (line[0] == '|' && _hasRow && IsFilled(line))
        {
            return false;
        }

        _hasRow |= line[0] == '|';
        if (line[0] == '\\')
        {
            return SeeCommand(line);
        }

        var colon = line.IndexOf((byte)':');
        var isDirective = colon > 0 && line[0] is (byte)'.' or (byte)':';
        if (colon > 0 && (isDirective || EmptyFields.IsNone(line[(colon + 1)..])))
        {
            var isLabel = IsShort(line[..colon].Trim(" #=*_->|.~%/;:+\"'[({<`"u8));
            Labels += isLabel ? 1 : 0;
            return isLabel;
        }

        var isHeading = IsSetOff(line) && IsShort(words) && words[^1] is not ((byte)'.' or (byte)'!' or (byte)'?' or (byte)',');
        Headings += isHeading ? 1 : 0;
        return isHeading;
    }

    // A row of a table has words in each cell; behind the first one, which names the columns, such rows say something.
    private static bool IsFilled(ReadOnlySpan<byte> row)
    {
        var cells = row[^1] == '|' ? row[1..^1] : row[1..];
        foreach (var cell in cells.Split((byte)'|'))
        {
            if (EmptyFields.IsNone(cells[cell]))
            {
                return false;
            }
        }

        return true;
    }

    // "\section*{Solution}", "\begin{proof}", "\textbf{Answer}".
    private bool SeeCommand(ReadOnlySpan<byte> line)
    {
        var isHeading = line.StartsWith("\\section"u8) || line.StartsWith("\\subsection"u8) || line.StartsWith("\\subsubsection"u8) || line.StartsWith("\\paragraph"u8) || line.StartsWith("\\chapter"u8) || line.StartsWith("\\title"u8) || line.StartsWith("\\begin"u8) || line.StartsWith("\\end"u8);
        var open = line.IndexOf((byte)'{');
        isHeading &= open > 0 && line[^1] == '}' && IsShort(line[(open + 1)..^1].Trim("{}\\:. "u8));
        Headings += isHeading ? 1 : 0;
        return isHeading;
    }

    // Between signs of which none is of a formula, or behind a heading's.
    private static bool IsSetOff(ReadOnlySpan<byte> line) => line[0] switch
    {
        (byte)'#' => line.Length > 2 && line.TrimStart((byte)'#') is [(byte)' ' or (byte)'+', ..] || line.StartsWith("#+"u8),
        (byte)'*' => line.StartsWith("**"u8) && line.TrimEnd((byte)':').EndsWith("**"u8),
        (byte)'_' => line.StartsWith("__"u8) && line.EndsWith("__"u8),
        (byte)'=' => line.StartsWith("=="u8) && line.EndsWith("=="u8),
        (byte)'-' => line.StartsWith("--"u8) && line.EndsWith("--"u8),
        (byte)'[' => line[^1] == ']' && line.IndexOf((byte)',') < 0,
        (byte)'<' => line[^1] == '>' && !line.StartsWith("<p>"u8) && !line.StartsWith("<li>"u8),
        (byte)'|' => line[^1] == '|',
        (byte)'{' => line.StartsWith("{{"u8) && line.EndsWith("}}"u8),
        _ => false,
    };

    // A few words without a number: characters are counted, not bytes.
    private static bool IsShort(ReadOnlySpan<byte> words)
    {
        var (characters, parts) = (0, 1);
        foreach (var one in words)
        {
            characters += one is < 0x80 or >= 0xC0 ? 1 : 0;
            parts += one == ' ' ? 1 : 0;
        }

        return characters is > 1 and <= Longest && parts <= MostWords && words.IndexOfAnyInRange((byte)'0', (byte)'9') < 0 && words.IndexOfAny("=+$\\;"u8) < 0;
    }
}
