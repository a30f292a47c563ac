using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Letters in other clothes, counted by kind: styled and raised ones, letters struck through or heaped with marks, currency signs in their place, turned ones,
/// scripts that nobody writes here, ideographs and letters of several scripts that are put together to look like Latin.
/// </summary>
internal static class OddLetters
{
    /// <summary>Letters of Cherokee, Tifinagh, Coptic and the like, which may be a name or a word in its own letters.</summary>
    public const string OfPeople = "words in another people's letters amid Latin ones";

    private const int FewestRaised = 5;
    private const int FewestStyled = 6;
    private const int FewestOther = 4;
    private const int FewestOfScript = 5;
    private const int FewestOfPeople = 5;
    private const int FewestApart = 3;
    private const int FewestTurned = 3;

    // The first bytes of what is looked for; all else is passed over at once.
    private static readonly SearchValues<byte> Leads = SearchValues.Create([0xC6, 0xC9, 0xCA, 0xCC, 0xCD, 0xE1, 0xE2, 0xEA, 0xF0]);

    // The first bytes of phonetic letters, Greek, Cyrillic, Armenian and Georgian.
    private static readonly SearchValues<byte> LeadsOfOthers = SearchValues.Create([0xC9, 0xCA, 0xCE, 0xCF, 0xD0, 0xD1, 0xD4, 0xD5, 0xD6, 0xE1]);

    // Ideographs that hardly a text has and that look like A, E, S, T, L.
    private static readonly byte[][] Ideographs = [.. ((string[])["卂", "乇", "丂", "丅", "乚", "冂", "爪"]).Select(Encoding.UTF8.GetBytes)];

    // What only upside-down text has of Latin letters; phonetic alphabets have the others.
    private const string Turned = "ƃʇʎʞɥᴉ";

    private static readonly SearchValues<string> Asked = SearchValues.Create(
        ["unicode", "font", "fancy", "bold", "italic", "fraktur", "strike", "struck", "superscript", "subscript", "upside", "braille", "rune", "runic", "glyph", "script", "alphabet", "letters", "ogham", "syllabic", "inuktitut", "cree", "cherokee", "deseret", "gothic", "tifinagh", "ipa", "pronounc", "phonetic", "transcri", "currenc", "zalgo", "flag", "emoji", "language", "stylish", "aesthetic", "hochgestellt", "schriftart", "durchgestrichen", "police", "fuente", "шрифт", "алфавит", "字体", "字母", "フォント", "文字", "글꼴"],
        StringComparison.Ordinal);

    /// <summary>Where the first of enough such letters stands in the text, and what they are; -1 where they are few.</summary>
    public static int Find(ReadOnlySpan<byte> text, in TextFacts facts, out string what)
    {
        var count = default(Counts);
        for (var at = 0; text[at..].IndexOfAny(Leads) is >= 0 and var next;)
        {
            at += next;
            if (!IsHangul(text[at..]))
            {
                count.See(text, at);
            }

            at++;
        }

        what = count.What();
        if (what.Length > 0)
        {
            return count.First;
        }

        if (OfIdeographs(text, out what) is >= 0 and var ideograph)
        {
            return ideograph;
        }

        if ((facts.HasThaiOrLao || facts.HasRightToLeft) && MayMixScripts(text) && OfScripts(text, out what) is >= 0 and var mixed)
        {
            return mixed;
        }

        // Last, for it is the mildest.
        what = OfPeople;
        return count.IsOfPeople(text) ? count.First : -1;
    }

    /// <summary>True where the prompt is about letters, or has such ones itself.</summary>
    public static bool IsAsked(ReadOnlySpan<byte> prompt) =>
        Encoding.UTF8.GetString(prompt.Length > 4000 ? prompt[^4000..] : prompt).ToLowerInvariant().AsSpan().ContainsAny(Asked) || Find(prompt, default, out _) >= 0;

    // Half of the letters of Korean share their first byte with letters that are looked for.
    private static bool IsHangul(ReadOnlySpan<byte> text) => text is [0xEA, >= 0xB0, ..];

    // Of one script are nearly all texts; their first bytes tell, and no letter is read.
    private static bool MayMixScripts(ReadOnlySpan<byte> text) =>
        text.IndexOfAny(LeadsOfOthers) >= 0
        || (text.IndexOf((byte)0xE0) >= 0 ? 1 : 0) + (text.IndexOf((byte)0xD7) >= 0 ? 1 : 0) + (text.IndexOfAny((byte)0xD8, (byte)0xD9) >= 0 ? 1 : 0) > 1;

    private static int OfIdeographs(ReadOnlySpan<byte> text, out string what)
    {
        var (found, first) = (0, int.MaxValue);
        foreach (var ideograph in Ideographs)
        {
            if (text.IndexOf(ideograph) is >= 0 and var at)
            {
                found += Math.Min(2, text.Count(ideograph));
                first = Math.Min(first, at);
            }
        }

        what = "ideographs that look like Latin letters";
        return found >= FewestOther ? first : -1;
    }

    // A letter of Thai or Hebrew with one of Greek, Armenian or a phonetic alphabet in one word.
    private static int OfScripts(ReadOnlySpan<byte> text, out string what)
    {
        what = "words of letters from several scripts";
        var (words, first, was) = (0, -1, 0);
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf8(text[at..], out var rune, out var size);
            var script = ScriptOf(rune.Value);
            if (was > 0 && script > 0 && script != was)
            {
                first = first < 0 ? at : first;
                words++;
            }

            (was, at) = (script, at + size);
        }

        return words >= 2 ? first : -1;
    }

    private static int ScriptOf(int letter) => letter switch
    {
        >= 0x0E01 and <= 0x0E3A => 1,
        >= 0x05D0 and <= 0x05EA => 2,
        >= 0x0531 and <= 0x0587 => 3,
        >= 0x0391 and <= 0x03C9 => 4,
        >= 0x0250 and <= 0x02AF => 5,
        >= 0x10D0 and <= 0x10FA => 6,
        >= 0x0620 and <= 0x064A => 7,
        >= 0x0430 and <= 0x044F => 8,
        _ => 0,
    };

    private ref struct Counts
    {
        private int _raised;
        private int _styled;
        private int _struck;
        private int _heaped;
        private int _money;
        private int _ofScript;
        private int _ofPeople;
        private int _braille;
        private int _turned;
        private int _kinds;
        private int _apart;
        private int _row;
        private int _rowEnd;

        public int First { get; private set; }

        public readonly string What() =>
            _raised >= FewestRaised ? "raised or lowered letters"
            : _styled >= FewestStyled ? "words of mathematical or framed letters"
            : _struck >= FewestOther ? "letters that are struck through or underlined"
            : _heaped >= FewestOther ? "letters under heaps of marks"
            : _money >= FewestOther ? "currency signs and barred letters in words"
            : _ofScript >= FewestOfScript ? "letters of a script that is out of use"
            : _braille >= FewestOther ? "words in braille"
            : _turned >= FewestTurned && System.Numerics.BitOperations.PopCount((uint)_kinds) > 1 ? "turned letters"
            : _apart >= FewestApart ? "letters for flags, one by one"
            : "";

        public void See(ReadOnlySpan<byte> text, int at)
        {
            if (at + 1 >= text.Length || Rune.DecodeFromUtf8(text[at..], out var rune, out var size) != OperationStatus.Done)
            {
                return;
            }

            var before = First;
            var sum = Sum;
            See(text, at, rune.Value, size);
            First = sum == 0 && Sum > 0 ? at : before;
        }

        public readonly bool IsOfPeople(ReadOnlySpan<byte> text) => _ofPeople >= FewestOfPeople && _ofPeople < CountLatin(text);

        private readonly int Sum => _raised + _styled + _struck + _heaped + _money + _ofScript + _ofPeople + _braille + _turned + _apart;

        private void See(ReadOnlySpan<byte> text, int at, int letter, int size)
        {
            _row = at == _rowEnd ? _row + 1 : 1;
            _rowEnd = at + size;
            switch (letter)
            {
                case (>= 0x02B0 and <= 0x02B8) or (>= 0x02E0 and <= 0x02E4) or (>= 0x1D2C and <= 0x1D6A) or (>= 0x1D9B and <= 0x1DBF) or 0x2071 or 0x207F or (>= 0x2090 and <= 0x209C):
                    _raised += _row == 3 ? 3 : _row > 3 ? 1 : 0;
                    break;
                case (>= 0x0300 and <= 0x036F) or (>= 0x20D2 and <= 0x20DC) or (>= 0x20E5 and <= 0x20EA):
                    _struck += IsOverlay(letter) && at > 0 && char.IsAsciiLetter((char)text[at - 1]) ? 1 : 0;
                    _heaped += _row == 4 ? 1 : 0;
                    break;
                case (>= 0x20A0 and <= 0x20C0) or (>= 0x2C60 and <= 0x2C7F):
                    _money += IsLetterBeside(text, at, size) ? 1 : 0;
                    break;
                case >= 0x2801 and <= 0x28FF:
                    _braille += _row == 2 ? 2 : 0;
                    break;
                case (>= 0x1680 and <= 0x169A) or (>= 0x16A0 and <= 0x16F8) or (>= 0x2C00 and <= 0x2C5F) or (>= 0x10280 and <= 0x104AF) or (>= 0x10500 and <= 0x107FF):
                    _ofScript++;
                    break;
                case (>= 0x13A0 and <= 0x13F5) or (>= 0xAB70 and <= 0xABBF) or (>= 0x1400 and <= 0x167F) or (>= 0x2C80 and <= 0x2CE4) or (>= 0x2D30 and <= 0x2D67) or (>= 0xA4D0 and <= 0xA4F7) or (>= 0xA500 and <= 0xA62B):
                    // Cherokee, syllabics, Coptic, Tifinagh, Lisu and Vai.
                    _ofPeople++;
                    break;
                case >= 0x1F1E6 and <= 0x1F1FF:
                    // Two that touch are a flag.
                    _apart += _row > 1 ? -1 : 1;
                    break;
                case (>= 0x1D400 and <= 0x1D6A3) or (>= 0x1F110 and <= 0x1F129) or (>= 0x1F130 and <= 0x1F149) or (>= 0x1F150 and <= 0x1F169) or (>= 0x1F170 and <= 0x1F189):
                    _styled += _row == 3 ? 3 : _row > 3 ? 1 : 0;
                    break;
                default:
                    _rowEnd = 0;
                    SeeTurned(text, at, letter);
                    break;
            }
        }

        private void SeeTurned(ReadOnlySpan<byte> text, int at, int letter)
        {
            var kind = letter <= 0xFFFF ? Turned.IndexOf((char)letter, StringComparison.Ordinal) : -1;
            if (kind >= 0 && !(at > 0 && text[at - 1] is (byte)'/' or (byte)'['))
            {
                _turned++;
                _kinds |= 1 << kind;
            }
        }

        // Not the line over a mean, nor the arrow over a vector.
        private static bool IsOverlay(int mark) => mark is (>= 0x0334 and <= 0x0338) or 0x0332 or 0x0333 or 0x033F or 0x0347 or 0x035F or 0x20D2 or 0x20D3 or >= 0x20E5;

        private static int CountLatin(ReadOnlySpan<byte> text)
        {
            var letters = 0;
            foreach (var one in text)
            {
                letters += char.IsAsciiLetter((char)one) ? 1 : 0;
            }

            return letters;
        }

        private static bool IsLetterBeside(ReadOnlySpan<byte> text, int at, int size)
        {
            var after = text[(at + size)..];
            return (at > 0 && char.IsAsciiLetter((char)text[at - 1]))
                || after is [(>= (byte)'A' and <= (byte)'Z') or (>= (byte)'a' and <= (byte)'z') or (>= 0xC3 and <= 0xC9), ..] or [0xE2, 0x82 or 0xB1, ..];
        }
    }
}
