using System.Diagnostics;
using Gateway.Core.Hardening;
using Gateway.Core.Scoring;
using Gateway.LoadTests.Workload;
using Gateway.Onnx.Manifest;
using Gateway.Onnx.Text;
using Gateway.Onnx.Tokens;

namespace Gateway.LoadTests.Figures;

/// <summary>Turns the workload into ids by the gateway's own encoder, and says what that costs.</summary>
internal static class WorkloadEncoder
{
    private const int WarmPasses = 20;
    private const int MeasuredPasses = 20;

    /// <summary>The ids of every item, and the processor time of rendering and encoding one, in microseconds, once the code is warm.</summary>
    /// <param name="folder">The model's folder.</param>
    /// <param name="items">The workload.</param>
    public static (IReadOnlyList<EncodedItem> Items, double Microseconds) Encode(string folder, IReadOnlyList<WorkItem> items)
    {
        var rules = RulesOf(folder);
        var hardener = new Hardener([]);
        HardenedItem[] hardened = [.. items.Select(item => hardener.Harden(new ScoreItem(BodyOf(item)), rules.Template))];
        var encoder = new TextEncoder(rules);
        EncodedItem[] encoded = [.. hardened.Select(item => One(encoder, item))];
        Repeat(WarmPasses);
        using var self = Process.GetCurrentProcess();
        var before = self.TotalProcessorTime;
        Repeat(MeasuredPasses);
        self.Refresh();
        return (encoded, (self.TotalProcessorTime - before).TotalMicroseconds / (MeasuredPasses * items.Count));

        void Repeat(int passes)
        {
            for (var pass = 0; pass < passes; pass++)
            {
                Array.ForEach(hardened, item => encoder.Encode(item, 0));
            }
        }
    }

    /// <summary>The item as the gateway would hold it.</summary>
    public static ItemBody.Conversation BodyOf(WorkItem item) =>
        new([new Message("user", new Utf8Text(item.Prompt))], [new Utf8Text(item.Response)]);

    private static EncodedItem One(TextEncoder encoder, HardenedItem item)
    {
        if (encoder.Encode(item, 0) is { } failure)
            throw new UsageException($"An item of the workload cannot be encoded: {failure.Message}");

        var ids = new long[encoder.Tokens.Length];
        for (var i = 0; i < ids.Length; i++)
        {
            ids[i] = encoder.Tokens[i];
        }

        var mask = new long[ids.Length];
        Array.Fill(mask, 1);
        return new EncodedItem(ids, mask);
    }

    /// <summary>The rules by which the gateway would encode for the model in this folder.</summary>
    public static EncodingRules RulesOf(string folder)
    {
        var problems = new List<string>();
        if (ModelFolder.Read(folder, problems) is not { Pieces: { } pieces, Manifest: var manifest } || problems.Count > 0)
            throw new UsageException(string.Join(Environment.NewLine, problems));

        var control = pieces.Model.Pieces
            .Select((piece, id) => (Piece: piece, Id: id))
            .Where(entry => entry.Piece.Kind is PieceKind.Control or PieceKind.UserDefined)
            .Select(entry => KeyValuePair.Create(entry.Piece.ToString(), entry.Id));
        return new EncodingRules(
            Path.GetFileName(folder),
            pieces,
            new ControlTokens(control),
            manifest.Template,
            manifest.Bos is null ? null : pieces.Model.IdOf(manifest.Bos),
            manifest.Eos is null ? null : pieces.Model.IdOf(manifest.Eos),
            manifest.MaxTokens,
            Truncation.Error,
            Reasoning.Keep);
    }
}
