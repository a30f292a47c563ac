using System.Globalization;

namespace Gateway.LoadTests;

/// <summary>The <c>--name value</c> options of a command; an option nobody asked for is an error.</summary>
internal sealed class Arguments
{
    private readonly Dictionary<string, string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);

    /// <summary>Reads what follows the command's name.</summary>
    public Arguments(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
                throw new UsageException($"'{args[i]}' is not an option; options are written --name value. See --help.");
            if (i + 1 == args.Count)
                throw new UsageException($"The option {args[i]} needs a value. See --help.");
            if (!_values.TryAdd(args[i], args[i + 1]))
                throw new UsageException($"The option {args[i]} is given twice.");
        }
    }

    /// <summary>The option's text, or null.</summary>
    public string? Text(string name)
    {
        _known.Add(name);
        return _values.GetValueOrDefault(name);
    }

    /// <summary>The option's whole number within a range.</summary>
    public int Number(string name, int fallback, int most)
    {
        if (Text(name) is not { } text)
            return fallback;

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= 1 && value <= most
            ? value
            : throw new UsageException($"{name} must be a whole number from 1 to {most}, not '{text}'.");
    }

    /// <summary>The option's positive number, or null.</summary>
    public double? Real(string name, double most)
    {
        if (Text(name) is not { } text)
            return null;

        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && value > 0 && value <= most
            ? value
            : throw new UsageException($"{name} must be a number above 0, at most {most.ToString(CultureInfo.InvariantCulture)}, not '{text}'.");
    }

    /// <summary>The gateway's Release build: the one that <c>--server</c> names, or the repository's.</summary>
    public string Server(string root)
    {
        var server = Text("--server") ?? Path.Combine(root, "src/Gateway.Server/bin/Release/net10.0/Gateway.Server.dll");
        return File.Exists(server) ? server : throw new UsageException($"{server} is missing; build it first: dotnet build -c Release src/Gateway.Server");
    }

    /// <summary>Complains about options that no earlier call asked for.</summary>
    public void RefuseOthers()
    {
        var others = _values.Keys.Where(name => !_known.Contains(name)).ToArray();
        if (others.Length > 0)
            throw new UsageException($"Unknown option {string.Join(", ", others)}; this command knows {string.Join(", ", _known.Order(StringComparer.Ordinal))}.");
    }
}
