namespace Gateway.Core.Hardening.Folding;

/// <summary>Terms that together tell a judge what to do; none of them lies within another, so that a word is one part and no more.</summary>
/// <param name="what">What they do, for whoever reads the finding.</param>
/// <param name="severity">How grave it is.</param>
/// <param name="near">The classes that must stand together.</param>
internal sealed class Combination(string what, HardeningSeverity severity, params ReadOnlySpan<TermClass> near)
{
    /// <summary>The most classes that must stand together.</summary>
    public const int MostParts = 3;

    /// <summary>What they do.</summary>
    public string What => what;

    /// <summary>How grave it is where nothing raises it.</summary>
    public HardeningSeverity Severity => severity;

    /// <summary>A bit for each class that must stand together with the others.</summary>
    public uint Near { get; } = near.Length <= MostParts ? Bits(near) : throw new ArgumentException($"More than {MostParts} parts.", nameof(near));

    /// <summary>A bit for each class of which one must stand not far away; 0 where none need.</summary>
    public uint Needs { get; private init; }

    /// <summary>A bit for each class of which one, not far away, makes it graver.</summary>
    public uint Raises { get; private init; }

    /// <summary>True where the terms must be close to one another.</summary>
    public bool IsTight { get; private init; }

    /// <summary>The same, where one of these stands not far away.</summary>
    public Combination Needing(params ReadOnlySpan<TermClass> classes) => With(Bits(classes), Raises, IsTight);

    /// <summary>The same, and grave where one of these stands not far away.</summary>
    public Combination RaisedBy(params ReadOnlySpan<TermClass> classes) => With(Needs, Bits(classes), IsTight);

    /// <summary>The same of terms close to one another.</summary>
    public Combination Tight() => With(Needs, Raises, isTight: true);

    /// <summary>A bit for each class that must stand together with this one.</summary>
    public uint Others(TermClass part) => Near & ~(1u << (int)part);

    /// <summary>True where classes that were seen can make it whole.</summary>
    public bool MayBeIn(uint seen) => (seen & Near) == Near && (Needs == 0 || (seen & Needs) != 0);

    /// <summary>A bit for each of these classes.</summary>
    public static uint Bits(params ReadOnlySpan<TermClass> classes)
    {
        var bits = 0u;
        foreach (var meaning in classes)
        {
            bits |= 1u << (int)meaning;
        }

        return bits;
    }

    private Combination With(uint needs, uint raises, bool isTight) => new(what, severity, Classes(Near)) { Needs = needs, Raises = raises, IsTight = isTight };

    private static TermClass[] Classes(uint bits) => [.. Enumerable.Range(0, 32).Where(bit => (bits >> bit & 1) != 0).Select(bit => (TermClass)bit)];
}
