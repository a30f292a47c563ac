using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Server.Caching;

/// <summary>
/// How a judge came to a stored score, within a <see cref="PayloadScores"/>. Taken apart by position, so that a new part breaks the build here until it
/// is stored or waived:
/// <code>
/// which parts there are (1 byte: 1 critique, 2 agreement, 4 spread, 8 criteria digest, 16 fallback, 32 note), those parts in that order,
/// samples (4), missing (4), components (4), per component: flags (1 byte: 1 weight, 2 critique), name, value (8), weight (8), critique
/// </code>
/// </summary>
internal static class PayloadJudgement
{
    private const byte CritiqueFlag = 1;
    private const byte AgreementFlag = 2;
    private const byte SpreadFlag = 4;
    private const byte DigestFlag = 8;
    private const byte FallbackFlag = 16;
    private const byte NoteFlag = 32;
    private const byte WeightFlag = 1;
    private const byte WordsFlag = 2;

    /// <summary>How many bytes it takes.</summary>
    public static int Size(Judgement judgement)
    {
        var (critique, components, _, _, agreement, spread, digest, fallback, note, _, _) = judgement;
        var size = 1 + (3 * sizeof(int)) + Size(critique) + Size(digest) + Size(fallback) + Size(note)
            + (agreement is null ? 0 : sizeof(double)) + (spread is null ? 0 : sizeof(double));
        foreach (var (name, _, weight, words) in components)
        {
            size += 1 + Size(name) + sizeof(double) + (weight is null ? 0 : sizeof(double)) + Size(words);
        }

        return size;
    }

    /// <summary>Writes it.</summary>
    public static void Write(ref PayloadWriter payload, Judgement judgement)
    {
        // What it took was taken once and is not stored; nor is a jury's score, which is made anew from those of its jurors.
        var (critique, components, samples, missing, agreement, spread, digest, fallback, note, _, _) = judgement;
        payload.Write((byte)((critique is null ? 0 : CritiqueFlag) | (agreement is null ? 0 : AgreementFlag) | (spread is null ? 0 : SpreadFlag)
            | (digest is null ? 0 : DigestFlag) | (fallback is null ? 0 : FallbackFlag) | (note is null ? 0 : NoteFlag)));
        Write(ref payload, critique);
        Write(ref payload, agreement);
        Write(ref payload, spread);
        Write(ref payload, digest);
        Write(ref payload, fallback);
        Write(ref payload, note);
        payload.Write(samples);
        payload.Write(missing);
        payload.Write(components.Count);
        foreach (var (name, value, weight, words) in components)
        {
            payload.Write((byte)((weight is null ? 0 : WeightFlag) | (words is null ? 0 : WordsFlag)));
            payload.Write(name);
            payload.Write(value);
            Write(ref payload, weight);
            Write(ref payload, words);
        }
    }

    /// <summary>Reads it.</summary>
    public static PayloadFault TryRead(ref PayloadReader payload, out Judgement? judgement)
    {
        judgement = null;
        if (!payload.TryRead(out byte flags)
            || !TryRead(ref payload, flags, CritiqueFlag, out string? critique)
            || !TryRead(ref payload, flags, AgreementFlag, out double? agreement)
            || !TryRead(ref payload, flags, SpreadFlag, out double? spread)
            || !TryRead(ref payload, flags, DigestFlag, out string? digest)
            || !TryRead(ref payload, flags, FallbackFlag, out string? fallback)
            || !TryRead(ref payload, flags, NoteFlag, out string? note)
            || !payload.TryRead(out int samples) || !payload.TryRead(out int missing) || !payload.TryRead(out int count)
            || count < 0 || count > payload.Left)
        {
            return PayloadFault.Torn;
        }

        var components = new ScoreComponent[count];
        for (var i = 0; i < count; i++)
        {
            if (!payload.TryRead(out byte has) || !payload.TryRead(out string name) || !payload.TryRead(out double value)
                || !TryRead(ref payload, has, WeightFlag, out double? weight) || !TryRead(ref payload, has, WordsFlag, out string? words))
            {
                return PayloadFault.Torn;
            }

            if (!double.IsFinite(value) || !double.IsFinite(weight ?? 0))
            {
                return PayloadFault.Number;
            }

            components[i] = new ScoreComponent(name, value, weight, words);
        }

        if (!double.IsFinite(agreement ?? 0) || !double.IsFinite(spread ?? 0) || samples < 0 || missing < 0)
        {
            return PayloadFault.Number;
        }

        judgement = new Judgement(critique, components, samples, missing, agreement, spread, digest, fallback, note, Usage: default);
        return PayloadFault.None;
    }

    private static int Size(string? text) => text is null ? 0 : sizeof(ushort) + Encoding.UTF8.GetByteCount(text);

    private static void Write(ref PayloadWriter payload, string? text)
    {
        if (text is not null)
        {
            payload.Write(text);
        }
    }

    private static void Write(ref PayloadWriter payload, double? value)
    {
        if (value is { } known)
        {
            payload.Write(known);
        }
    }

    private static bool TryRead(ref PayloadReader payload, byte flags, byte flag, out string? text)
    {
        text = null;
        return (flags & flag) == 0 || payload.TryRead(out text);
    }

    private static bool TryRead(ref PayloadReader payload, byte flags, byte flag, out double? value)
    {
        value = null;
        if ((flags & flag) == 0)
        {
            return true;
        }

        var read = payload.TryRead(out double known);
        value = known;
        return read;
    }
}
