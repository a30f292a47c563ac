using System.Text.Json;
using Gateway.Core.Aggregation;
using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Server.Judging.Juries;

/// <summary>Reads a jury's <c>model.json</c> strictly and collects every problem: scales are declared, never guessed.</summary>
internal static class JuryManifestReader
{
    /// <summary>The kind as a manifest names it.</summary>
    public const string Kind = "jury";

    private const int FewestJurors = 2;
    private const int MostJurors = 32;
    private const double Largest = 1e9;
    private const double Smallest = 1e-9;

    private static readonly string[] NotInRevision = ["description", "licence"];
    private static readonly string[] Keys = ["kind", "description", "licence", "welfare", "scale", "quorum", "alarm", "jurors"];
    private static readonly string[] JurorKeys = ["name", "model", "weight", "principle", "range", "calibration"];

    /// <summary>The manifest of these bytes, or null where something is wrong, which is added to <paramref name="problems"/>.</summary>
    public static JuryManifest? Read(ReadOnlyMemory<byte> json, List<string> problems)
    {
        var before = problems.Count;
        var manifest = ManifestText.Read(json, Kind, Keys, problems, root => Read(root, problems));
        return manifest is not null && problems.Count == before
            ? manifest with { Canonical = ManifestText.Canonical(json, NotInRevision) }
            : null;
    }

    private static JuryManifest Read(ManifestObject root, List<string> problems)
    {
        root.OptionalText("description");
        root.OptionalText("licence");
        root.Text("kind");
        var welfare = root.Choice("welfare", "mean", "min", "nash") switch
        {
            "mean" => Welfare.Mean,
            "min" => Welfare.Min,
            _ => Welfare.Nash,
        };
        var jurors = JurorsOf(root, problems);
        var rule = new JuryRule(
            welfare, RangeOf(root, "scale"), root.OptionalCount("quorum", MostJurors) ?? jurors.Count, root.OptionalNumber("alarm", Smallest, Largest));
        CheckJurors(root, rule, jurors);
        CheckScales(root, rule, jurors);
        return new JuryManifest(rule, jurors, "");
    }

    private static List<Juror> JurorsOf(ManifestObject root, List<string> problems)
    {
        if (root.OptionalAny("jurors") is not { ValueKind: JsonValueKind.Array } list || list.EnumerateArray().Any(entry => entry.ValueKind != JsonValueKind.Object))
        {
            root.Problem("the key 'jurors' is missing or no list of objects; write \"jurors\": [{ \"model\": … }, …].");
            return [];
        }

        return [.. list.EnumerateArray().Select((entry, i) => JurorOf(new ManifestObject(entry, $"jurors[{i}].", problems, JurorKeys), i, problems))];
    }

    private static Juror JurorOf(ManifestObject entry, int place, List<string> problems)
    {
        var model = entry.Text("model");
        var faults = new List<FieldError>();
        var juror = new Juror(entry.OptionalText("name") ?? model, model, entry.OptionalNumber("weight", Smallest, Largest) ?? 1)
        {
            Principle = entry.OptionalAny("principle") is { } principle ? RubricReader.ReadPrinciple(principle, $"jurors[{place}].principle", faults) : null,
            Range = RangeOf(entry, "range"),
            Calibration = entry.OptionalObject("calibration", "mean", "deviation") is { } known
                ? new ScoreCalibration(Number(known, "mean", -Largest), Number(known, "deviation", Smallest))
                : null,
        };
        problems.AddRange(faults.Select(fault => $"{fault.Path}: {fault.Message}"));
        return juror;
    }

    private static ScoreRange? RangeOf(ManifestObject from, string key)
    {
        if (from.OptionalObject(key, "lowest", "highest") is not { } ends)
        {
            return null;
        }

        var range = new ScoreRange(Number(ends, "lowest", -Largest), Number(ends, "highest", -Largest));
        if (range.Lowest >= range.Highest)
        {
            ends.Problem($"'{key}' has no 'lowest' below its 'highest'; write both ends of the scale.");
        }

        return range;
    }

    private static double Number(ManifestObject from, string key, double least)
    {
        if (from.OptionalNumber(key, least, Largest) is { } number)
        {
            return number;
        }

        if (from.OptionalAny(key) is null)
        {
            from.Problem($"a number '{key}' is missing; add it.");
        }

        return 1;
    }

    private static void CheckJurors(ManifestObject root, JuryRule rule, List<Juror> jurors)
    {
        if (jurors.Count is < FewestJurors or > MostJurors)
        {
            root.Problem($"'jurors' has {jurors.Count}; a jury has {FewestJurors} to {MostJurors}.");
        }

        foreach (var same in jurors.GroupBy(juror => juror.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            root.Problem($"{same.Count()} jurors are named '{same.Key}'; give each a 'name' of its own.");
        }

        if (rule.Quorum > jurors.Count)
        {
            root.Problem($"'quorum' is {rule.Quorum} and there are {jurors.Count} jurors; a quorum is at most all of them.");
        }

        if (rule.Welfare == Welfare.Min && jurors.Any(juror => juror.Weight != 1))
        {
            root.Problem("'weight' says nothing where 'welfare' is 'min': the lowest score decides; leave it out.");
        }
    }

    private static void CheckScales(ManifestObject root, JuryRule rule, List<Juror> jurors)
    {
        if (rule.Scale is null)
        {
            if (jurors.Exists(juror => juror.Calibration is null))
            {
                root.Problem($"there is no 'scale' and no 'calibration' of {Named(jurors, juror => juror.Calibration is null)}, so that their scores cannot be compared; declare the 'scale' of the jury's score, or 'calibration' with mean and deviation of every juror.");
            }

            if (jurors.Exists(juror => juror.Range is not null))
            {
                root.Problem($"'range' of {Named(jurors, juror => juror.Range is not null)} leads to no scale; declare the jury's 'scale'.");
            }
        }

        if (rule.Welfare == Welfare.Nash && rule.Scale is not { Lowest: > 0 })
        {
            root.Problem("'welfare' is 'nash', a product, which needs a 'scale' whose 'lowest' is above 0, such as 1 to 5; declare one, or choose 'mean' or 'min'.");
        }

        if (rule.Alarm is not null && jurors.Exists(juror => juror.Calibration is null))
        {
            root.Problem($"'alarm' compares z-scores and there is no 'calibration' of {Named(jurors, juror => juror.Calibration is null)}; declare mean and deviation of every juror's raw scores.");
        }
    }

    private static string Named(List<Juror> jurors, Predicate<Juror> which) => string.Join(", ", jurors.FindAll(which).Select(juror => $"'{juror.Name}'"));
}
