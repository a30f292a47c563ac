using Gateway.Core.Hardening;
using Gateway.Core.Manifest;

namespace Gateway.Server.Upstream.Remote;

/// <summary>Reads a remote model's <c>model.json</c> strictly, by what its kind of engine takes, and collects every problem.</summary>
internal sealed class RemoteManifestReader(IUpstreamProtocol protocol)
{
    private const int MostTokens = 16_777_216;
    private const int MostTexts = 4_096;
    private const int LongestRevision = 200;

    // What cannot change a score: words for people, where the engine is, and how much it gets at a time.
    private static readonly string[] NotInRevision = ["description", "licence", "cluster", "batch"];

    private static readonly string[] Common =
        ["kind", "description", "licence", "cluster", "revision", "form", "template", "bos", "eos", "control_tokens", "batch", "unit_interval", "range"];

    /// <summary>The manifest of these bytes, or null where something is wrong, which is added to <paramref name="problems"/>.</summary>
    public RemoteManifest? Read(ReadOnlyMemory<byte> json, List<string> problems)
    {
        var before = problems.Count;
        var manifest = ManifestText.Read(json, protocol.Kind, [.. Common, .. protocol.Traits.Keys], problems, root => Read(root, problems));
        return manifest is not null && problems.Count == before
            ? manifest with { Canonical = ManifestText.Canonical(json, NotInRevision) }
            : null;
    }

    private RemoteManifest Read(ManifestObject root, List<string> problems)
    {
        root.OptionalText("description");
        root.OptionalText("licence");
        root.Text("kind");
        var labels = root.Texts("labels");
        var steps = StepsOf(root);
        var pooling = PoolingOf(root, steps, problems);
        var manifest = new RemoteManifest
        {
            Cluster = Named(root, "cluster", "name one of Gateway:Clusters"),
            Revision = RevisionOf(root),
            UpstreamModel = root.OptionalText("upstream_model"),
            Form = FormOf(root),
            Template = TemplateReader.Read(root),
            Bos = Token(root, "bos"),
            Eos = Token(root, "eos"),
            ControlTokens = [.. root.Texts("control_tokens").Select(token => Breakable(root, "control_tokens", token))],
            MaxTokens = TokensOf(root),
            MaxBytes = Counted(root, "max_bytes"),
            Batch = root.OptionalCount("batch", MostTexts) ?? protocol.Traits.Batch,
            Labels = labels.Count > 0 ? labels : pooling == Pooling.Steps ? ["bad", "good"] : [RemoteManifest.Reward],
            UnitInterval = root.Flag("unit_interval"),
            Range = root.OptionalRange("range"),
            Pooling = pooling,
            Steps = steps,
            Tensors = protocol.Traits.Keys.Contains("tensors") ? TensorsOf(root) : null,
        };
        CheckTemplate(root, manifest);
        return manifest with { Label = LabelOf(root, manifest) };
    }

    private RemoteForm FormOf(ManifestObject root)
    {
        var forms = protocol.Traits.Forms;
        var chosen = root.Choice("form", [.. forms.Select(form => form.ToString().ToLowerInvariant())]);
        return forms.First(form => form.ToString().Equals(chosen, StringComparison.OrdinalIgnoreCase));
    }

    // Openrlhf's own server drops the end of what is too long and says nothing, so the operator must say what fits.
    private int? Counted(ManifestObject root, string key) =>
        protocol.Traits.CutsSilently && protocol.Traits.Keys.Contains(key) ? root.Count(key) : root.OptionalCount(key);

    // Text that may be cut without a word is only safe where somebody said how much fits, so that it can be counted before it leaves.
    private int? TokensOf(ManifestObject root)
    {
        var tokens = root.OptionalCount("max_tokens", MostTokens);
        if (tokens is null && protocol.Traits.CutsSilently && protocol.Traits.Keys.Contains("max_tokens"))
        {
            root.Problem(
                "the key 'max_tokens' is missing; this engine may cut long text without a word, so say how many tokens it reads: "
                + "its --context-length, or max_model_len in the reply of its /tokenize.");
        }

        return tokens;
    }

    private static Pooling PoolingOf(ManifestObject root, StepRules? steps, List<string> problems)
    {
        var pooling = root.Choice("pooling", "sequence", "last_token", "steps") switch
        {
            "sequence" => Pooling.Sequence,
            "last_token" => Pooling.LastToken,
            _ => Pooling.Steps,
        };
        if (pooling == Pooling.Steps != steps is not null)
        {
            problems.Add(steps is null
                ? "'pooling' is 'steps' but 'steps' is missing; add { \"tag\": …, \"separator\": …, \"reduction\": … }."
                : "'steps' says how a response is cut, but 'pooling' is not 'steps'; write \"pooling\": \"steps\", or remove 'steps'.");
        }

        return pooling;
    }

    private static StepRules? StepsOf(ManifestObject root)
    {
        if (root.OptionalObject("steps", "tag", "separator", "reduction") is not { } steps)
        {
            return null;
        }

        if (steps.OptionalText("reduction") is null)
        {
            root.Problem("the key 'steps.reduction' is missing; say how steps become one score: 'min', 'last', 'mean' or 'product'.");
        }

        var separator = steps.OptionalText("separator") ?? "\n\n";
        if (separator.Length == 0)
        {
            root.Problem("'steps.separator' is empty; write what lies between the steps of a response, such as \"\\n\\n\".");
        }

        var reduction = Enum.Parse<StepReduction>(steps.Choice("reduction", "min", "last", "mean", "product"), ignoreCase: true);
        return new StepRules(Breakable(root, "steps.tag", steps.Text("tag")), separator, reduction);
    }

    private static TensorNames TensorsOf(ManifestObject root)
    {
        var tensors = root.Object("tensors", "input", "output", "shape", "encoding", "version");
        return new TensorNames(
            tensors.Text("input"),
            tensors.Text("output"),
            tensors.Choice("shape", "[n]", "[n, 1]") == "[n, 1]",
            tensors.Choice("encoding", "json", "binary") == "binary",
            tensors.OptionalText("version"));
    }

    private static int LabelOf(ManifestObject root, RemoteManifest manifest)
    {
        if (manifest.Labels.Distinct(StringComparer.Ordinal).Count() < manifest.Labels.Count)
        {
            root.Problem("'labels' names one label twice; name each once, in the engine's order.");
        }

        var label = root.OptionalText("label");
        if (label is null && manifest.Labels.Count > 1 && manifest.Pooling != Pooling.Steps)
        {
            root.Problem($"'labels' names {manifest.Labels.Count} labels and 'label' is missing; say which of them is the score.");
        }

        if (label is null)
        {
            return manifest.Labels.Count - 1;
        }

        var at = manifest.Labels.ToList().IndexOf(label);
        if (at < 0)
        {
            root.Problem($"'label' is '{label}', which is not among 'labels'; {Nearest.Hint(label, manifest.Labels)}");
        }

        return Math.Max(0, at);
    }

    private void CheckTemplate(ManifestObject root, RemoteManifest manifest)
    {
        if (protocol.Traits.Keys.Contains("upstream_model") && manifest is { Tensors: not null, UpstreamModel: null })
        {
            root.Problem("the key 'upstream_model' is missing; it is part of the path, /v2/models/<upstream_model>/infer.");
        }

        if (manifest.Form == RemoteForm.Pair && (manifest.Bos ?? manifest.Eos) is not null)
        {
            root.Problem("'bos' and 'eos' belong to one text, but this model gets a pair, whose special tokens the engine writes; remove them.");
        }
    }

    // It goes into headers, and the whole revision with its digest must be short enough to be asked for.
    internal static string RevisionOf(ManifestObject root)
    {
        var revision = Named(root, "revision", "an address does not tell which weights are there, so say it: a commit, a digest or a date");
        if (revision.Length > LongestRevision || (!string.IsNullOrWhiteSpace(revision) && revision.Any(character => character is <= ' ' or > '~')))
        {
            root.Problem($"'revision' has {revision.Length} characters; it may have {LongestRevision}, of ASCII and without white space.");
        }

        return revision;
    }

    internal static string Named(ManifestObject root, string key, string remedy)
    {
        var text = root.Text(key);
        if (root.Keys.Contains(key) && string.IsNullOrWhiteSpace(text))
        {
            root.Problem($"'{key}' is empty; {remedy}.");
        }

        return text;
    }

    private static string? Token(ManifestObject root, string key) => root.OptionalText(key) is { } token ? Breakable(root, key, token) : null;

    private static string Breakable(ManifestObject root, string key, string token)
    {
        if (TokenBreaker.CanBreak(token))
        {
            return token;
        }

        root.Problem($"'{key}' is '{token}'; a control token has two characters or more and no white space, else it cannot be made harmless in what policies write.");
        return "<>";
    }
}
