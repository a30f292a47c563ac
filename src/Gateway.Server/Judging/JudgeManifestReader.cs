using System.Text.Json;
using Gateway.Core.Aggregation;
using Gateway.Core.Hardening;
using Gateway.Core.Judging;
using Gateway.Core.Manifest;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;
using Gateway.Server.Upstream;
using Gateway.Server.Upstream.Chat;
using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Judging;

/// <summary>Reads a judge's <c>model.json</c> strictly and collects every problem.</summary>
/// <param name="readFile">The text of a file of the judge's folder; null where it is not there.</param>
/// <param name="engineOf">What a cluster runs.</param>
internal sealed class JudgeManifestReader(Func<string, string?> readFile, Func<string, Engine> engineOf)
{
    /// <summary>The kind as a manifest names it.</summary>
    public const string Kind = "judge";

    private const int MostSamples = 64;
    private const int MostRepairs = 3;
    private const int MostTokens = 1_048_576;
    private const int UsualTokens = 2_048;
    private const int UsualTokensOfANumber = 8;
    private const int UsualLogprobs = 20;
    private const int MostLogprobs = 100;

    // Its --max-top-n-tokens, where nobody raised it.
    private const int MostLogprobsOfTgi = 5;

    // What cannot change a score: words for people, and where the engine is.
    private static readonly string[] NotInRevision = ["description", "licence", "cluster"];

    private static readonly string[] Keys =
    [
        "kind", "description", "licence", "cluster", "upstream_model", "revision", "style", "principle", "rubric", "untrusted", "sampling", "samples", "votes", "filter",
        "quorum", "repairs", "criteria_fallback", "context", "structured", "thinking", "max_completion_tokens", "context_tokens", "extra", "control_tokens",
    ];

    /// <summary>The manifest of these bytes, or null where something is wrong, which is added to <paramref name="problems"/>.</summary>
    public JudgeManifest? Read(ReadOnlyMemory<byte> json, List<string> problems)
    {
        var before = problems.Count;
        var manifest = ManifestText.Read(json, Kind, Keys, problems, root => new Found(Read(root, problems)))?.Manifest;
        return manifest is not null && problems.Count == before
            ? manifest with { Canonical = ManifestText.Canonical(json, NotInRevision) }
            : null;
    }

    private sealed record Found(JudgeManifest? Manifest);

    private JudgeManifest? Read(ManifestObject root, List<string> problems)
    {
        root.OptionalText("description");
        root.OptionalText("licence");
        root.Text("kind");
        var (name, style, prompt) = StyleOf(root, problems);
        if (style is null)
        {
            return null;
        }

        var chat = ChatOf(root);
        var manifest = new JudgeManifest
        {
            Chat = chat,
            Revision = RemoteManifestReader.RevisionOf(root),
            StyleName = name,
            Style = style,
            Case = CaseOf(root, problems, hasPrompt: prompt is not null),
            PrincipleName = NameOf(root, "principle"),
            RubricName = NameOf(root, "rubric"),
            Sampling = SamplingOf(root, ReadsNumbers(name), chat.Engine),
            Samples = root.OptionalCount("samples", MostSamples) ?? 1,
            Votes = VotesOf(root, style),
            Filter = root.Choice("filter", "none", "outliers") == "outliers" ? VoteFilter.Outliers : VoteFilter.None,
            Quorum = root.OptionalCount("quorum", MostSamples),
            FallsBack = root.Choice("criteria_fallback", "none", "rubric") == "rubric",
            GeneratesRubric = root.OptionalAny("rubric") is { } rubric && IsToBeGenerated(rubric),
            Context = root.Choice("context", "none", "required", "optional") switch { "required" => ContextUse.Required, "optional" => ContextUse.Optional, _ => ContextUse.None },
            Repairs = (int)(root.OptionalNumber("repairs", 0, MostRepairs) ?? 1),
        };
        manifest.Chat.Problems().ToList().ForEach(root.Problem);
        JudgeManifestChecks.Samples(root, manifest);
        JudgeManifestChecks.Generation(root, manifest, prompt, prompt is null ? null : readFile(prompt));
        return manifest;
    }

    private static bool ReadsNumbers(string style) => style is "yes-no" or "digits";

    private (string Name, IJudgeStyle? Style, string? Prompt) StyleOf(ManifestObject root, List<string> problems)
    {
        if (root.OptionalAny("style") is not { ValueKind: JsonValueKind.Object } style)
        {
            root.Problem($"the key 'style' is missing or no object; write \"style\": {{ \"kind\": … }} with one of {string.Join(", ", StyleKinds.Names)}.");
            return ("", null, null);
        }

        var name = new ManifestObject(style, "style.", [], []).OptionalText("kind") ?? "";
        if (!StyleKinds.Names.Contains(name))
        {
            root.Problem($"'style.kind' is '{name}'; {Nearest.Hint(name, StyleKinds.Names)}");
            return ("", null, null);
        }

        var keys = new ManifestObject(style, "style.", problems, StyleKinds.KeysOf(name));
        return (name, StyleKinds.Make(name, new StyleSource(keys, readFile)), keys.OptionalText("prompt"));
    }

    private ChatSettings ChatOf(ManifestObject root)
    {
        var cluster = RemoteManifestReader.Named(root, "cluster", "name one of Gateway:Clusters");
        return new ChatSettings
        {
            Cluster = cluster,
            Model = root.OptionalText("upstream_model"),
            Engine = engineOf(cluster),
            MaxCompletionTokens = root.Flag("max_completion_tokens"),
            Structured = StructuredWords.Read(root.Choice("structured", StructuredWords.All)),
            EnableThinking = root.OptionalAny("thinking") is null ? null : root.Flag("thinking"),
            ContextTokens = root.OptionalCount("context_tokens"),
            Extra = root.OptionalAny("extra") is { ValueKind: JsonValueKind.Object } extra
                ? extra.EnumerateObject().ToDictionary(field => field.Name, field => field.Value.Clone(), StringComparer.Ordinal)
                : [],
        };
    }

    private static CaseSettings CaseOf(ManifestObject root, List<string> problems, bool hasPrompt)
    {
        var form = root.Choice("untrusted", "fence", "json", "plain") switch
        {
            "fence" => UntrustedForm.Fence,
            "json" => UntrustedForm.Json,
            _ => UntrustedForm.Plain,
        };
        if (form == UntrustedForm.Plain && !hasPrompt)
        {
            root.Problem("'untrusted' is 'plain', which is only for the format of a trained judge; name its prompt in 'style.prompt', or write 'fence' or 'json'.");
        }

        var faults = new List<FieldError>();
        var principle = root.OptionalAny("principle") is { ValueKind: not JsonValueKind.String } value ? RubricReader.ReadPrinciple(value, "principle", faults) : null;
        var rubric = root.OptionalAny("rubric") is { ValueKind: not JsonValueKind.String } own && !IsToBeGenerated(own) ? RubricReader.ReadRubric(own, "rubric", faults) : null;
        problems.AddRange(faults.Select(fault => $"{fault.Path}: {fault.Message}"));
        return new CaseSettings(form, BreakerOf(root), principle, rubric);
    }

    private static bool IsToBeGenerated(JsonElement rubric) => rubric is { ValueKind: JsonValueKind.Object }
        && rubric.EnumerateObject().Count() == 1 && rubric.TryGetProperty("generate", out var generate) && generate.ValueKind == JsonValueKind.True;

    // A text is a name of the catalogue; what comes inline is an object.
    private static string? NameOf(ManifestObject root, string key) => root.OptionalAny(key) is { ValueKind: JsonValueKind.String } name ? name.GetString() : null;

    private static TokenBreaker BreakerOf(ManifestObject root)
    {
        var tokens = root.Texts("control_tokens");
        foreach (var token in tokens.Where(token => !TokenBreaker.CanBreak(token)))
        {
            root.Problem($"'control_tokens' holds '{token}'; a control token has two characters or more and no white space, else it cannot be made harmless.");
        }

        return new TokenBreaker(tokens.Where(TokenBreaker.CanBreak));
    }

    private static JudgeSampling SamplingOf(ManifestObject root, bool readsNumbers, Engine engine)
    {
        var sampling = root.OptionalObject("sampling", "temperature", "top_p", "top_k", "seed", "max_tokens", "top_logprobs");
        // Hosted reasoning models refuse any temperature: null sends none, and nothing at all is 0.
        var sendsNone = sampling?.Keys.Contains("temperature") == true && sampling.OptionalAny("temperature") is null;
        var mostLogprobs = engine == Engine.Tgi ? MostLogprobsOfTgi : MostLogprobs;
        return new JudgeSampling(
            sendsNone ? null : sampling?.OptionalNumber("temperature", 0, 10) ?? 0,
            sampling?.OptionalNumber("top_p", 0, 1),
            sampling?.OptionalCount("top_k"),
            (int?)sampling?.OptionalNumber("seed", 0, int.MaxValue - MostSamples),
            sampling?.OptionalCount("max_tokens", MostTokens) ?? (readsNumbers ? UsualTokensOfANumber : UsualTokens),
            sampling?.OptionalCount("top_logprobs", mostLogprobs) ?? Math.Min(UsualLogprobs, mostLogprobs));
    }

    private static VoteRule VotesOf(ManifestObject root, IJudgeStyle style) => root.OptionalText("votes") is null ? style.Votes
        : root.Choice("votes", "mean", "median", "trimmed-mean", "majority") switch
        {
            "mean" => VoteRule.Mean,
            "median" => VoteRule.Median,
            "trimmed-mean" => VoteRule.TrimmedMean,
            _ => VoteRule.Majority,
        };
}
