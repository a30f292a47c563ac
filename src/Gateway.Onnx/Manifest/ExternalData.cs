using System.Text;

namespace Gateway.Onnx.Manifest;

/// <summary>Finds the files beside an ONNX graph that hold its larger weights; the field numbers are those of <c>onnx.proto</c>.</summary>
internal static class ExternalData
{
    /// <summary>The locations named by the graph's weights, sorted, each once.</summary>
    /// <exception cref="InvalidDataException">The file is cut off or no ONNX graph.</exception>
    public static IReadOnlyList<string> LocationsIn(ReadOnlySpan<byte> model)
    {
        var locations = new SortedSet<string>(StringComparer.Ordinal);
        var hasGraph = false;
        var reader = new ProtoReader(model);
        while (reader.Next())
        {
            if (reader.Field == 7)
            {
                hasGraph = true;
                ReadGraph(reader.Bytes, locations);
            }
        }

        return hasGraph ? [.. locations] : throw new InvalidDataException("The file holds no graph.");
    }

    private static void ReadGraph(ReadOnlySpan<byte> graph, SortedSet<string> locations)
    {
        var reader = new ProtoReader(graph);
        while (reader.Next())
        {
            if (reader.Field == 5)
            {
                ReadTensor(reader.Bytes, locations);
            }
            else if (reader.Field == 1)
            {
                ReadNode(reader.Bytes, locations);
            }
        }
    }

    private static void ReadNode(ReadOnlySpan<byte> node, SortedSet<string> locations)
    {
        var reader = new ProtoReader(node);
        while (reader.Next())
        {
            if (reader.Field == 5)
            {
                ReadAttribute(reader.Bytes, locations);
            }
        }
    }

    // Constants and the branches of conditions hold tensors and graphs of their own.
    private static void ReadAttribute(ReadOnlySpan<byte> attribute, SortedSet<string> locations)
    {
        var reader = new ProtoReader(attribute);
        while (reader.Next())
        {
            if (reader.Field is 5 or 10)
            {
                ReadTensor(reader.Bytes, locations);
            }
            else if (reader.Field is 6 or 11)
            {
                ReadGraph(reader.Bytes, locations);
            }
        }
    }

    private static void ReadTensor(ReadOnlySpan<byte> tensor, SortedSet<string> locations)
    {
        var reader = new ProtoReader(tensor);
        while (reader.Next())
        {
            if (reader.Field == 13)
            {
                ReadEntry(reader.Bytes, locations);
            }
        }
    }

    private static void ReadEntry(ReadOnlySpan<byte> entry, SortedSet<string> locations)
    {
        var (key, value) = ("", "");
        var reader = new ProtoReader(entry);
        while (reader.Next())
        {
            (key, value) = reader.Field == 1 ? (Encoding.UTF8.GetString(reader.Bytes), value) : (key, Encoding.UTF8.GetString(reader.Bytes));
        }

        if (key == "location")
        {
            locations.Add(value);
        }
    }
}
