using System.Numerics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>How far a text is folded, and what the word is that may go on.</summary>
internal struct FoldingState
{
    private const CharacterKinds Mixed = CharacterKinds.Latin | CharacterKinds.LatinLike | CharacterKinds.Confusable;

    /// <summary>How many bytes of the text were read.</summary>
    public int Read;

    /// <summary>How many bytes were written.</summary>
    public int Written;

    /// <summary>Where the word begins in the text.</summary>
    public int WordRead;

    /// <summary>Where the word begins in what was written.</summary>
    public int WordWritten;

    /// <summary>What the word's characters are.</summary>
    public CharacterKinds Kinds;

    /// <summary>True where the word mixes Latin letters with letters that pass for them.</summary>
    public readonly bool IsMixed => (Kinds & Mixed) == Mixed;

    /// <summary>Goes on by so many bytes.</summary>
    public void Move(int read, int written)
    {
        Read += read;
        Written += written;
    }

    /// <summary>The next word begins here.</summary>
    public void EndWord() => (WordRead, WordWritten, Kinds) = (Read, Written, CharacterKinds.None);

    /// <summary>Sees ASCII characters before they are moved over; false, and nothing seen, where they end a word that mixes scripts.</summary>
    /// <param name="words">A bit for each that continues a word.</param>
    /// <param name="letters">A bit for each letter.</param>
    /// <param name="count">How many they are.</param>
    public bool SeeAscii(uint words, uint letters, int count)
    {
        var all = (1u << count) - 1;
        var ends = ~words & all;
        var first = ends & (uint)-(int)ends;
        var before = ends == 0 ? all : first - 1;
        var kinds = Kinds | KindsOf(words & before, letters & before);
        if (ends == 0)
        {
            Kinds = kinds;
            return true;
        }

        if ((kinds & Mixed) == Mixed)
        {
            return false;
        }

        var last = BitOperations.Log2(ends) + 1;
        (WordRead, WordWritten) = (Read + last, Written + last);
        Kinds = KindsOf((words & all) >> last, (letters & all) >> last);
        return true;
    }

    private static CharacterKinds KindsOf(uint words, uint letters) =>
        (words != 0 ? CharacterKinds.Word : CharacterKinds.None) | (letters != 0 ? CharacterKinds.Latin : CharacterKinds.None);
}
