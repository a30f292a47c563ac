using System.Text;
using System.Text.Unicode;
using Gateway.Core.Judging;
using Gateway.Core.Manifest;

namespace Gateway.Core.Rubrics;

/// <summary>Reads a file of the catalogue, <c>&lt;id&gt;.md</c>: front matter between two lines <c>---</c>, then the text that a judge reads.</summary>
public static class PrincipleFile
{
    /// <summary>The most bytes of a file.</summary>
    public const int MostBytes = 256 * 1024;

    /// <summary>How a file's name ends.</summary>
    public const string Extension = ".md";

    private const string Fence = "---";
    private const int HighestVersion = 1_000_000;

    /// <summary>The principle; null, and every fault, where the file is none.</summary>
    /// <param name="id">The file's name without its extension.</param>
    /// <param name="utf8">The file's bytes.</param>
    /// <param name="faults">Where faults are added.</param>
    public static Principle? Read(string id, ReadOnlySpan<byte> utf8, List<RubricFault> faults)
    {
        if (RubricRules.OfName(id) is { } wrong)
        {
            faults.Add(new RubricFault("", 0, $"the file's name: {wrong}"));
            return null;
        }

        if (Decode(utf8, faults) is not { } file || Parts(file, faults) is not { } parts)
        {
            return null;
        }

        var before = faults.Count;
        var text = parts.Text.Trim();
        if (RubricRules.OfText(text, RubricRules.LongestText) is not null and var unfit)
        {
            faults.Add(new RubricFault("", parts.TextLine, text.Length == 0 ? "the text for the judge is missing; write it below the front matter." : $"the text for the judge: {unfit}"));
        }

        if (YamlSourceReader.Read(parts.Front, 1, faults) is not { } front
            || SourceObject.Of(front, faults, ["id", "version", "title", "styles", .. RubricFields.Keys]) is not { } fields)
        {
            return null;
        }

        var read = new FieldReader(faults);
        var principle = new Principle(
            Id(read, fields, id, faults),
            read.Whole(fields, "version", 1, HighestVersion) ?? 0,
            Title(read, fields, faults),
            text,
            new RubricFields(faults).Read(fields),
            Styles(read, fields["styles"], faults));
        return faults.Count == before ? principle : null;
    }

    private static string? Decode(ReadOnlySpan<byte> utf8, List<RubricFault> faults)
    {
        string? wrong = null;
        var line = 0;
        if (utf8.Length > MostBytes)
        {
            wrong = $"it has more than {MostBytes} bytes; shorten it.";
        }
        else if (utf8 is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            wrong = "it is UTF-16; save it as UTF-8.";
        }
        else if (!Utf8.IsValid(utf8))
        {
            line = 1 + utf8[..ValidBytes(utf8)].Count((byte)'\n');
            wrong = "a byte here is no UTF-8; save the file as UTF-8.";
        }

        if (wrong is not null)
        {
            faults.Add(new RubricFault("", line, wrong));
            return null;
        }

        ReadOnlySpan<byte> mark = [0xef, 0xbb, 0xbf];
        return Encoding.UTF8.GetString(utf8.StartsWith(mark) ? utf8[mark.Length..] : utf8).ReplaceLineEndings("\n");
    }

    private static int ValidBytes(ReadOnlySpan<byte> utf8)
    {
        var at = 0;
        while (Rune.DecodeFromUtf8(utf8[at..], out _, out var length) == System.Buffers.OperationStatus.Done)
        {
            at += length;
        }

        return at;
    }

    private static (string Front, string Text, int TextLine)? Parts(string file, List<RubricFault> faults)
    {
        var lines = file.Split('\n');
        if (lines[0].TrimEnd() != Fence)
        {
            faults.Add(new RubricFault("", 1, $"the file does not begin with front matter; its first line must be {Fence}."));
            return null;
        }

        var end = Array.FindIndex(lines, 1, line => line.TrimEnd() == Fence);
        if (end < 0)
        {
            faults.Add(new RubricFault("", 1, $"the front matter has no end; close it with a line {Fence} and write the text for the judge below."));
            return null;
        }

        return (string.Join('\n', lines[1..end]) + "\n", string.Join('\n', lines[(end + 1)..]), end + 2);
    }

    private static string Id(FieldReader read, SourceObject fields, string id, List<RubricFault> faults)
    {
        var given = read.Text(fields, "id", RubricRules.LongestName);
        if (given.Length > 0 && given != id)
        {
            faults.Add(fields["id"]!.Fault($"'{RubricRules.Shown(given)}' is not the file's name; write id: {id}, or rename the file."));
        }

        return id;
    }

    private static string Title(FieldReader read, SourceObject fields, List<RubricFault> faults)
    {
        var title = read.Text(fields, "title", RubricRules.LongestTitle);
        if (title.Contains('\n', StringComparison.Ordinal))
        {
            faults.Add(fields["title"]!.Fault("it has several lines; write one."));
        }

        return title;
    }

    private static IReadOnlyList<string> Styles(FieldReader read, SourceValue? list, List<RubricFault> faults)
    {
        var styles = read.Texts(list, StyleKinds.Names.Count, RubricRules.LongestName);
        foreach (var (i, style) in styles.Index().Where(entry => entry.Item.Length > 0 && !StyleKinds.Names.Contains(entry.Item, StringComparer.Ordinal)))
        {
            faults.Add(list!.Elements().ElementAt(i).Fault($"'{RubricRules.Shown(style)}' is no judge style; {Nearest.Hint(RubricRules.Shown(style), StyleKinds.Names)}"));
        }

        return styles;
    }
}
