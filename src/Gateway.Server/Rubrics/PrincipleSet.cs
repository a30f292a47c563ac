using System.Collections.Frozen;
using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Server.Rubrics;

/// <summary>The principles of one look at the folder; never changed, so whoever holds it goes on with it.</summary>
internal sealed class PrincipleSet
{
    private const int LongestHinted = 100;

    private readonly FrozenDictionary<string, Principle> _byName;

    private PrincipleSet(IReadOnlyList<Principle> principles)
    {
        Principles = principles;
        _byName = principles.ToFrozenDictionary(principle => principle.Name, StringComparer.Ordinal);
    }

    /// <summary>A catalogue of nothing.</summary>
    public static PrincipleSet Empty { get; } = new([]);

    /// <summary>The principles, sorted by name.</summary>
    public IReadOnlyList<Principle> Principles { get; }

    /// <summary>The set that these files make; null, and every fault of every file, where one does not fit.</summary>
    public static PrincipleSet? Of(IReadOnlyList<SeenFile> files, List<PrincipleFileFault> faults)
    {
        if (files.Count > PrincipleFolder.MostFiles)
        {
            faults.Add(new PrincipleFileFault("", 0, "", $"the folder has more than {PrincipleFolder.MostFiles} files of principles; move some out."));
            return null;
        }

        var principles = new List<Principle>();
        foreach (var file in files)
        {
            if (Read(file, faults) is { } principle)
            {
                principles.Add(principle);
            }
        }

        foreach (var same in principles.GroupBy(principle => principle.Name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1))
        {
            faults.Add(new PrincipleFileFault(
                same.Last().Name + PrincipleFile.Extension, 0, "", $"its name differs from '{same.First().Name}' in case only; rename one of them."));
        }

        return faults.Count == 0 ? new PrincipleSet([.. principles.OrderBy(principle => principle.Name, StringComparer.Ordinal)]) : null;
    }

    /// <summary>The principle of that name; null where there is none.</summary>
    public Principle? TryFind(string name) => _byName.GetValueOrDefault(name);

    /// <summary>The principle of that name.</summary>
    /// <exception cref="GatewayException">There is none: <see cref="ErrorKind.UnknownPrinciple"/>, with the nearest name.</exception>
    public Principle Find(string name)
    {
        if (TryFind(name) is { } principle)
        {
            return principle;
        }

        var shown = name.Length <= LongestHinted ? name : string.Concat(name.AsSpan(0, LongestHinted), "…");
        throw new GatewayException(ErrorKind.UnknownPrinciple, $"No principle is named '{shown}'; {(Principles.Count == 0
            ? "this gateway has none."
            : $"{Nearest.Hint(shown, Principles.Select(known => known.Name))} GET /v1/principles lists them.")}");
    }

    private static Principle? Read(SeenFile file, List<PrincipleFileFault> faults)
    {
        if (file.Fault is not null)
        {
            faults.Add(new PrincipleFileFault(file.Name, 0, "", file.Fault));
            return null;
        }

        var found = new List<RubricFault>();
        var principle = PrincipleFile.Read(Path.GetFileNameWithoutExtension(file.Name), file.Bytes, found);
        faults.AddRange(found.OrderBy(fault => fault.Line).Select(fault => new PrincipleFileFault(file.Name, fault.Line, fault.Path, fault.Message)));
        return principle;
    }
}
