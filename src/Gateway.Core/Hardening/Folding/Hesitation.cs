using System.Collections.Frozen;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>Responses of sounds and words by which speakers gain time, and nothing else: "um, well, you know...", in many languages.</summary>
internal static class Hesitation
{
    private const int Longest = 160;
    private const int MostWords = 24;
    private const int FewestWithoutSound = 4;

    // With each letter said once: "ummm" is "um".
    private static readonly FrozenSet<string> Sounds = Words(
        "um", "uhm", "uh", "er", "erm", "ehm", "em", "hm", "m", "ah", "oh", "eh", "ahm", "ahem", "eer", "uf", "pf",
        "äh", "ähm", "öh", "öhm", "euh", "heu", "beh", "boh", "mah", "bah", "åh", "öö", "ööh", "tjo", "tja", "ö", "hö", "izé", "hát", "ă", "î", "yy", "ee", "e", "eee", "ehh", "ê", "é",
        "э", "эм", "м", "ээ", "а", "ы", "хм", "ну", "е", "ем", "ъъ", "εμ", "ε", "χμ", "αα", "ıı", "ı", "şey", "hımm", "ما", "اه", "آه", "امم", "ام", "إيه", "اا", "أه", "ا", "אה", "אמ", "הממ", "המ", "ממ", 
        "अं", "हम्म", "उम्म", "आ", "এ", "উম", "হুম", "அ", "உம்", "えっと", "えと", "えーと", "ええと", "えー", "あのー", "うーん", "んー", "ん", "음", "어", "으음", "흠", "저", "嗯", "呃", "额", "啊", "唔", "哦",
        "à", "ờ", "ừm", "ơ", "เอ่อ", "อืม", "เอ", "อ่า", "ኧ", "እ");

    private static readonly FrozenSet<string> Talk = Words(
        "well", "so", "like", "you", "know", "i", "mean", "now", "kind", "sort", "of", "basically", "actually", "let", "see", "think", "just", "anyway", "alright", "then", "let's", "lets", "the", "thing", "is", "y'know",
        "also", "na", "naja", "halt", "eben", "weißt", "sozusagen", "nun", "alors", "bon", "donc", "voilà", "enfin", "coup", "quoi", "pues", "bueno", "este", "o", "sea", "ver", "digamos", "entonces", "então", "né", "pois", "olha", "allora", "cioè", "dunque", "insomma", "diciamo", "nou", "dus", "zeg", "maar", "alltså", "altså", "liksom", "typ", "niinku", "tota", "niin", "siis", "więc", "znaczy", "wiesz", "prostě", "jako", "teda", "vlastně", "ovaj", "znači", "pa", "szóval", "hát", "vagyis", "deci", "păi", "adică",
        "вот", "это", "как", "бы", "так", "значит", "типа", "короче", "ну", "тобто", "от", "отже", "ами", "значи", "λοιπόν", "δηλαδή", "να", "yani", "işte", "hani", "يعني", "طيب", "خب", "یعنی", "چیز", "כאילו", "נו", "אז", "मतलब", "तो", "वो", "মানে", "তো", "その", "まあ", "なんか", "ですね", "그", "그러니까", "뭐", "저기", "막", "那个", "那個", "这个", "這個", "就是", "然后", "然後", "怎么说呢", "thì", "là", "kiểu", "apa", "jadi", "gimana", "แบบ", "แบบว่า", "ก็", "kwa", "hivyo", "basi", "yaani");

    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> SoundLookup = Sounds.GetAlternateLookup<ReadOnlySpan<char>>();
    private static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> TalkLookup = Talk.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>True for two sounds or more with nothing but such talk beside, and for a sound or four words of talk that trail off. Otherwise they may be an answer: "Na, Er" are metals.</summary>
    public static bool Holds(ReadOnlySpan<byte> text)
    {
        if (text.Length is 0 or > Longest)
        {
            return false;
        }

        Span<char> characters = stackalloc char[Longest];
        var length = Encoding.UTF8.GetChars(text, characters);
        var said = characters[..length];
        if (said.ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return false;
        }

        var trailsOff = said.TrimEnd() is [.., '\u2026'] or [.., '.', '.'] or [.., '\u2014'] or [.., '-'];
        var (sounds, words) = (0, 0);
        Span<char> word = stackalloc char[Longest];
        for (var at = 0; at < said.Length;)
        {
            if (!IsOfWord(said[at]))
            {
                at++;
                continue;
            }

            var (once, start) = (0, at);
            for (; at < said.Length && (IsOfWord(said[at]) || (said[at] == '-' && at + 1 < said.Length && IsOfWord(said[at + 1]))); at++)
            {
                var letter = char.ToLowerInvariant(said[at]);
                if (letter == '-')
                {
                    continue;
                }

                if (once == 0 || word[once - 1] != letter || letter is '\'')
                {
                    word[once++] = letter;
                }
            }

            // "E, M" are letters, "eee, mm" are sounds.
            var isLetter = at - start == 1 && (char.IsLower(word[0]) || char.IsUpper(said[start]));
            var isSound = !isLetter && SoundLookup.Contains(word[..once]);
            if (++words > MostWords || (!isSound && !TalkLookup.Contains(word[..once])))
            {
                return false;
            }

            sounds += isSound ? 1 : 0;
        }

        return sounds > 1 || (trailsOff && (sounds > 0 || words >= FewestWithoutSound));
    }

    private static bool IsOfWord(char one) => char.IsLetterOrDigit(one) || one is '\'' or 'ー' || char.GetUnicodeCategory(one) is System.Globalization.UnicodeCategory.NonSpacingMark or System.Globalization.UnicodeCategory.SpacingCombiningMark;

    private static FrozenSet<string> Words(params string[] words) => words.Select(Once).ToFrozenSet(StringComparer.Ordinal);

    private static string Once(string word)
    {
        var once = new StringBuilder();
        foreach (var letter in word)
        {
            if (once.Length == 0 || once[^1] != letter || letter == '\'')
            {
                once.Append(letter);
            }
        }

        return once.ToString();
    }
}
