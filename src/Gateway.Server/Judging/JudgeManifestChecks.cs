using Gateway.Core.Aggregation;
using Gateway.Core.Manifest;
using Gateway.Core.Scoring;

namespace Gateway.Server.Judging;

/// <summary>Checks that what a judge's manifest says fits together, beyond what each key allows by itself.</summary>
internal static class JudgeManifestChecks
{
    private const int FewestFiltered = 3;

    /// <summary>The samples can differ, and votes, filter and quorum suit them.</summary>
    public static void Samples(ManifestObject root, JudgeManifest manifest)
    {
        if (manifest is { Samples: > 1, Sampling.Temperature: 0, Style.VariesBySample: false })
        {
            root.Problem($"'samples' is {manifest.Samples} and 'sampling.temperature' 0, so that all would be the same; raise the temperature, or take one sample.");
        }

        if (manifest.Votes == VoteRule.Majority && manifest.Samples % 2 == 0)
        {
            root.Problem($"'samples' is {manifest.Samples}; where votes decide, take an odd number, so that they are not tied.");
        }

        if (manifest.Filter != VoteFilter.None && (manifest.Votes == VoteRule.Majority || manifest.Samples < FewestFiltered))
        {
            root.Problem($"'filter' leaves out numbers that lie far from {FewestFiltered - 1} others or more, and no votes; take {FewestFiltered} 'samples' or more and other 'votes' than 'majority', or remove it.");
        }

        if (manifest.Style.Granularity == Granularity.Pairwise && manifest.Votes != VoteRule.Majority)
        {
            root.Problem("'votes' must be 'majority' where two responses are compared: a comparison is a vote and no number.");
        }

        if (manifest.Quorum > manifest.Samples)
        {
            root.Problem($"'quorum' is {manifest.Quorum} and 'samples' {manifest.Samples}; a quorum is at most all of them.");
        }
    }

    /// <summary>What is written for each prompt has a place in the style and in the prompt, and one thing at most is written.</summary>
    /// <param name="root">The manifest's object, where problems are told.</param>
    /// <param name="manifest">What was read.</param>
    /// <param name="file">The name of the judge's own prompt file; null for the one that comes with the style.</param>
    /// <param name="prompt">That file's text; null where there is none.</param>
    public static void Generation(ManifestObject root, JudgeManifest manifest, string? file, string? prompt)
    {
        if (manifest.FallsBack && manifest.RubricName is null && manifest.Case.Rubric is not { Criteria.Count: > 0 })
        {
            root.Problem("'criteria_fallback' is 'rubric' and there is no 'rubric' with criteria; add one, or write 'none'.");
        }

        if (manifest.GeneratesRubric)
        {
            CheckGeneratedRubric(root, manifest);
            CheckShown(root, "rubric", "scale", file, prompt);
        }

        if (manifest.Context != ContextUse.None)
        {
            CheckContext(root, manifest);
            CheckShown(root, "context", "context", file, prompt);
        }
    }

    private static void CheckGeneratedRubric(ManifestObject root, JudgeManifest manifest)
    {
        if (manifest.StyleName is not ("rubric" or "listwise"))
        {
            root.Problem($"'rubric' is to be generated, and {manifest.StyleName} has no scale that a judge could write; give the rubric, or take rubric or listwise.");
        }

        if (manifest.Context != ContextUse.None)
        {
            root.Problem("'rubric' is to be generated and 'context' too; a judge writes one thing before it judges, so remove one of them.");
        }
    }

    private static void CheckContext(ManifestObject root, JudgeManifest manifest)
    {
        if (!manifest.Style.Guidance.HasFlag(GuidanceFields.GeneratedCriteria))
        {
            root.Problem($"'context' is '{root.OptionalText("context")}', which {manifest.StyleName} has no room for{(manifest.StyleName == "binary" ? " beside examples" : "")}; remove it, or take rubric, binary, pairwise, listwise or criteria.");
        }

        if (manifest.FallsBack)
        {
            root.Problem("'criteria_fallback' is for criteria that cannot be generated, and a judge with 'context' generates none; remove one of them.");
        }
    }

    private static void CheckShown(ManifestObject root, string key, string value, string? file, string? prompt)
    {
        if (prompt is not null && !prompt.Contains($"{{{{{value}}}}}", StringComparison.Ordinal))
        {
            root.Problem($"'{key}' is to be generated, and {file} does not show it; put '{{{{{value}}}}}' into the prompt, or remove '{key}'.");
        }
    }
}
