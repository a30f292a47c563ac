using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Where each class of terms was seen last, so that terms that stand together are found in one pass.</summary>
internal ref struct TermWindow
{
    private const int Classes = 32;
    private const int Adjacent = 14;
    private const int Sentence = 36;

    private Places _at;
    private Places _end;
    private Places _earlierAt;
    private Places _earlierEnd;

    /// <summary>A bit for each class that was seen.</summary>
    public uint Seen { get; private set; }

    /// <summary>The term that was seen last.</summary>
    public TermHit Current { get; private set; }

    /// <summary>Sees the next term, and what it makes together with those before it: "highest" and "grade" are the best score.</summary>
    public void See(TermHit hit)
    {
        Current = hit;
        Remember(hit);
        var (made, from) = hit.Class switch
        {
            TermClass.Points or TermClass.Score when Has(TermClass.Degree, Adjacent) => (TermClass.Top, TermClass.Degree),
            TermClass.Degree when Has(TermClass.Points, Adjacent) => (TermClass.Top, TermClass.Points),
            TermClass.Degree when Has(TermClass.Score, Adjacent) => (TermClass.Top, TermClass.Score),
            TermClass.Finished when Has(TermClass.Assess, Sentence) => (TermClass.Done, TermClass.Assess),
            TermClass.Assess when Has(TermClass.Model, Sentence) => (TermClass.Judge, TermClass.Model),
            TermClass.Model when Has(TermClass.Assess, Adjacent) => (TermClass.Judge, TermClass.Assess),
            _ => (hit.Class, hit.Class),
        };
        if (made != hit.Class)
        {
            Current = new TermHit(Math.Min(_at[(int)from], hit.At), hit.End, made);
            Remember(Current);
        }
    }

    private void Remember(TermHit hit)
    {
        var meaning = (int)hit.Class;
        if (_end[meaning] <= hit.At)
        {
            (_earlierAt[meaning], _earlierEnd[meaning]) = (_at[meaning], _end[meaning]);
        }

        (_at[meaning], _end[meaning]) = (hit.At, hit.End);
        Seen |= 1u << meaning;
    }

    /// <summary>True where a term of that class ends at most so many bytes before the current one begins, or is the current one.</summary>
    public readonly bool Has(TermClass meaning, int within) =>
        (Seen >> (int)meaning & 1) != 0 && Current.At - _end[(int)meaning] <= within;

    /// <summary>A bit for each class of which a term ends at most so many bytes before the current one begins, and for the current one's.</summary>
    public readonly uint Within(int distance)
    {
        var from = Vector256.Create(Current.At - distance);
        ref var ends = ref Unsafe.As<Places, int>(ref Unsafe.AsRef(in _end));
        var within = 0u;
        for (var at = 0; at < Classes; at += Vector256<int>.Count)
        {
            within |= Vector256.GreaterThanOrEqual(Vector256.LoadUnsafe(ref ends, (nuint)at), from).ExtractMostSignificantBits() << at;
        }

        return within & Seen;
    }

    /// <summary>
    /// Finds a term of each class that ends at most so many bytes before the current one begins, and none within another: "accept" in "accepted" is no
    /// second word. False where there are none; each class must be <see cref="Within"/> that distance.
    /// </summary>
    /// <param name="classes">A bit for each class that is still to be found.</param>
    /// <param name="within">The distance in bytes.</param>
    /// <param name="found">Room for the terms.</param>
    /// <param name="count">How many were found already.</param>
    public readonly bool Find(uint classes, int within, Span<TermHit> found, int count)
    {
        if (classes == 0)
        {
            return true;
        }

        var meaning = BitOperations.TrailingZeroCount(classes);
        var rest = classes & (classes - 1);
        found[count] = new TermHit(_at[meaning], _end[meaning], (TermClass)meaning);
        if (IsApart(found[..(count + 1)]) && Find(rest, within, found, count + 1))
        {
            return true;
        }

        found[count] = new TermHit(_earlierAt[meaning], _earlierEnd[meaning], (TermClass)meaning);
        return found[count].End > 0 && Current.At - found[count].End <= within && IsApart(found[..(count + 1)]) && Find(rest, within, found, count + 1);
    }

    // Whether the last of these terms lies in none of the others, and none of them in it.
    private static bool IsApart(ReadOnlySpan<TermHit> terms)
    {
        var last = terms[^1];
        foreach (var term in terms[..^1])
        {
            if ((last.At >= term.At && last.End <= term.End) || (term.At >= last.At && term.End <= last.End))
            {
                return false;
            }
        }

        return true;
    }

    [InlineArray(Classes)]
    private struct Places
    {
        private int _first;
    }
}
