using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Rubrics;

namespace Gateway.Server.Judging;

/// <summary>What a judge's manifest names in the catalogue of principles, and the judge that goes by it as it is in force.</summary>
/// <param name="source">Where the judge comes from.</param>
/// <param name="manifest">Its manifest as it was read.</param>
/// <param name="make">Makes the judge of a manifest in which nothing is a mere name any more.</param>
internal sealed class JudgePrinciples(ModelSource source, JudgeManifest manifest, Func<JudgeManifest, JudgeRewardModel> make) : IPrincipleFollower
{
    private string _revision = "";

    /// <summary>True where the manifest names anything.</summary>
    public static bool Names(JudgeManifest manifest) => manifest is { PrincipleName: not null } or { RubricName: not null };

    /// <summary>
    /// The manifest with what it names, whose digests are in its canonical form, so that another text has another revision; every problem is added to
    /// <paramref name="problems"/>.
    /// </summary>
    public static JudgeManifest Resolve(JudgeManifest manifest, PrincipleSet principles, List<string> problems)
    {
        var principle = Find(manifest.PrincipleName, "principle");
        var rubric = Find(manifest.RubricName, "rubric");
        if (rubric is { Rubric: null })
        {
            problems.Add($"'rubric' is '{manifest.RubricName}', a principle without criteria or a scale; name one that has them, or write the rubric out.");
        }
        else if (manifest.FallsBack && rubric is { Rubric.Criteria.Count: 0 })
        {
            problems.Add($"'criteria_fallback' is 'rubric', and '{manifest.RubricName}' has no criteria; name a principle that has them, or write 'none'.");
        }

        return !Names(manifest) ? manifest : manifest with
        {
            Case = manifest.Case with { Principle = principle ?? manifest.Case.Principle, Rubric = rubric?.Rubric ?? manifest.Case.Rubric },
            Canonical = string.Join('\n', manifest.Canonical, principle?.Digest, rubric?.Rubric?.Digest),
        };

        Principle? Find(string? name, string key)
        {
            var found = name is null ? null : principles.TryFind(name);
            if (name is not null && found is null)
            {
                problems.Add($"'{key}' is '{name}', and no principle has that name; {(principles.Principles.Count == 0
                    ? "there are none (Gateway:PrinciplesFolder)."
                    : Nearest.Hint(name, principles.Principles.Select(known => known.Name)))}");
            }
            else if (found?.ObjectionTo(manifest.StyleName) is { } objection)
            {
                problems.Add($"'{key}': {objection}.");
            }

            return found;
        }
    }

    /// <summary>The judge by the principles that are in force.</summary>
    public JudgeRewardModel Make(PrincipleSet principles)
    {
        var judge = make(Resolve(manifest, principles, []));
        _revision = judge.Revision;
        return judge;
    }

    /// <inheritdoc/>
    public IEnumerable<PrincipleFileFault> FaultsOf(PrincipleSet principles)
    {
        var problems = new List<string>();
        Resolve(manifest, principles, problems);
        return problems.Select(problem => new PrincipleFileFault("", 0, "", $"model '{source.Name}' goes by its manifest: {problem}"));
    }

    /// <inheritdoc/>
    public void Take(PrincipleSet principles)
    {
        var before = _revision;
        if (Make(principles) is var judge && judge.Revision != before)
        {
            source.Renew(judge);
        }
    }
}
