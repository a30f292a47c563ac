using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Gateway.Core.Rubrics;

/// <summary>
/// Reads front matter: one YAML document of texts, lists and objects. Anchors, aliases and tags are faults, since a file that a person edits needs
/// none and a hostile one grows by them.
/// </summary>
internal sealed class YamlSourceReader
{
    private const int MostLevels = 6;
    private const string Indirect = "it has an anchor, an alias or a tag, which are not read; write the value out";

    private readonly Parser _parser;
    private readonly int _linesBefore;

    private YamlSourceReader(string yaml, int linesBefore)
    {
        _parser = new Parser(new StringReader(yaml));
        _linesBefore = linesBefore;
    }

    /// <summary>The document's value; null, and a fault, where it is not YAML or more than this.</summary>
    /// <param name="yaml">The document.</param>
    /// <param name="linesBefore">How many lines of the file stand before it.</param>
    /// <param name="faults">Where the fault is added.</param>
    public static SourceValue? Read(string yaml, int linesBefore, List<RubricFault> faults)
    {
        var reader = new YamlSourceReader(yaml, linesBefore);
        try
        {
            reader._parser.Consume<StreamStart>();
            if (reader._parser.Accept<StreamEnd>(out _))
            {
                return new YamlSource("", linesBefore + 1) { Object = [] };
            }

            reader._parser.Consume<DocumentStart>();
            var value = reader.ReadValue("", 0);
            reader._parser.Consume<DocumentEnd>();
            reader._parser.Consume<StreamEnd>();
            return value;
        }
        catch (YamlException fault)
        {
            faults.Add(NoYaml(reader.LineOf(fault.Start), fault.Message.TrimEnd('.')));
        }
        catch (InvalidOperationException)
        {
            // What the parser throws where brackets never close and the like.
            faults.Add(NoYaml(reader.LineOf(reader._parser.Current?.End ?? Mark.Empty), "its structure breaks off behind this line"));
        }

        return null;
    }

    private static RubricFault NoYaml(int line, string why) =>
        new("", line, $"the front matter is no YAML that is read here: {why}; put texts that hold ': ' or ' #' in quotes.");

    private YamlSource ReadValue(string path, int level)
    {
        if (_parser.Accept<AnchorAlias>(out var alias))
        {
            throw new YamlException(alias.Start, alias.End, Indirect);
        }

        var node = _parser.Consume<NodeEvent>();
        if (!node.Anchor.IsEmpty || !node.Tag.IsEmpty)
        {
            throw new YamlException(node.Start, node.End, Indirect);
        }

        if (level > MostLevels)
        {
            throw new YamlException(node.Start, node.End, "it is nested more deeply than any key needs");
        }

        var line = LineOf(node.Start);
        return node switch
        {
            Scalar scalar => new YamlSource(path, line) { Scalar = scalar.Value, IsPlain = scalar.Style == ScalarStyle.Plain },
            SequenceStart => new YamlSource(path, line) { List = ReadList(path, level) },
            _ => new YamlSource(path, line) { Object = ReadFields(path, level) },
        };
    }

    private List<SourceValue> ReadList(string path, int level)
    {
        var list = new List<SourceValue>();
        while (!_parser.TryConsume<SequenceEnd>(out _))
        {
            list.Add(ReadValue($"{path}[{list.Count}]", level + 1));
        }

        return list;
    }

    private List<(string? Name, SourceValue Value)> ReadFields(string path, int level)
    {
        var fields = new List<(string? Name, SourceValue Value)>();
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            if (!_parser.Accept<Scalar>(out _))
            {
                throw new YamlException(_parser.Current!.Start, _parser.Current.End, "it has something other than a name for a key");
            }

            var name = ReadValue(path, level + 1).Scalar!;

            fields.Add((name, ReadValue(path.Length == 0 ? RubricRules.Shown(name) : $"{path}.{RubricRules.Shown(name)}", level + 1)));
        }

        return fields;
    }

    private int LineOf(Mark mark) => _linesBefore + Math.Max(1, (int)mark.Line);
}
