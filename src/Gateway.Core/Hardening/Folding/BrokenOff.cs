using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A few words that go before an answer and break off: "First,", "Okay, so", "Hmm.".</summary>
internal static class BrokenOff
{
    private const int Longest = 60;

    // What nothing may end with.
    private static readonly byte[][] Dangling = Bytes(
        "to", "so", "so i", "the", "and", "of", "is", "are", "with", "for", "a", "an", "my", "our", "let's", "lets", "let me", "i'll", "i will", "we'll", "we will", "we need", "i need", "i need to", "we need to", "going to", "need to", "want to", "want me to", "will", "by", "from", "because", "if", "we", "i should", "we should",
        "de", "la", "le", "les", "un", "une", "el", "los", "das", "der", "die", "ich werde", "wir müssen", "je vais", "il faut", "vamos a", "voy a", "vou", "devo", "dobbiamo", "нужно", "надо", "нам нужно", "мне нужно");

    // What begins an answer, in one word or two, where a comma or dots and nothing else follow.
    private static readonly byte[][] Beginnings = Bytes(
        "therefore", "thus", "hence", "loading", "processing", "generating", "first", "firstly", "first of all", "now", "so", "well", "wait", "okay", "ok", "alright", "all right", "right", "then", "next", "finally", "actually", "basically", "okay so", "ok so", "hmm so", "let's see", "let me see", "you see", "to begin", "to start", "in order to", "zuerst", "zunächst", "also", "nun", "okay also", "gut", "moment", "erstens",
        "d'abord", "alors", "bon", "bien", "donc", "eh bien", "attends", "voyons", "tout d'abord", "premièrement", "primero", "bueno", "entonces", "a ver", "pues", "espera", "en primer lugar", "primeiro", "então", "bom", "bem", "espera aí", "vejamos", "prima", "allora", "dunque", "aspetta", "vediamo", "innanzitutto", "per prima cosa",
        "eerst", "dus", "nou", "wacht", "ten eerste", "först", "alltså", "vänta", "nå", "først", "altså", "vent", "ensin", "no niin", "ensiksi", "odota", "először", "tehát", "nos", "várj", "mai întâi", "deci", "așadar", "stai", "najpierw", "więc", "no więc", "czekaj", "nejprve", "takže", "nejdřív", "počkej", "najprv", "počkaj", "prvo", "dakle", "najprej", "torej",
        "сначала", "итак", "так", "ну", "хорошо", "погоди", "подожди", "стоп", "во-первых", "спочатку", "отже", "так от", "зачекай", "по-перше", "първо", "така", "значит", "прво", "дакле", "πρώτα", "λοιπόν", "αρχικά", "περίμενε", "קודם", "קודם כל", "אז", "רגע", "ובכן", "أولا", "حسنا", "إذن", "انتظر", "اولا", "ابتدا", "خب", "صبر کن", "خوب", "پہلے", "اچھا", "تو",
        "पहले", "सबसे पहले", "तो", "रुको", "ठीक है", "प्रथम", "প্রথমে", "আচ্ছা", "তাহলে", "முதலில்", "சரி", "ముందుగా", "సరే", "ก่อนอื่น", "เอาล่ะ", "งั้น", "เดี๋ยวก่อน", "önce", "öncelikle", "tamam", "peki", "şimdi", "bekle", "đầu tiên", "trước tiên", "trước hết", "được rồi", "vậy", "khoan", "pertama", "pertama-tama", "baik", "jadi", "tunggu", "kwanza", "sawa", "basi", "subiri", "una", "una sa lahat", "sige", "teka",
        "首先", "好的", "好", "那么", "嗯", "等等", "那", "所以", "先", "まず", "では", "さて", "じゃあ", "ええと", "待って", "はい", "먼저", "자", "우선", "음", "그럼", "잠깐", "좋아요", "네");

    // Sounds of thinking, whatever stands behind them.
    private static readonly byte[][] Sounds = Bytes("hm", "hmm", "hmmm", "hmmmm", "uh", "um", "umm", "uhm", "er", "erm", "ahem", "mmm", "ähm", "äh", "hm hm", "euh", "eh", "ehm", "este", "хм", "хмм", "эм", "ээ", "гм", "嗯", "呃", "えっと", "えーと", "うーん", "음", "어", "흠", "همم", "हम्म", "อืม", "หืม", "wait", "let's see", "qed", "q.e.d", "lorem ipsum", "lorem ipsum dolor sit amet", "placeholder", "and so on", "etc", "et cetera", "ฯลฯ", "usw", "i tak dalej", "и так далее", "и т.д", "等等", "など", "등등", "إلخ", "vân vân", "dan seterusnya", "dsb", "vb", "atd", "itd", "stb", "jne", "osv");

    /// <summary>True where folded text is no more than that.</summary>
    public static bool Is(ReadOnlySpan<byte> folded)
    {
        var text = folded.Trim(" \t\r\n*_\"'"u8);
        if (text.IsEmpty || text.Length > Longest)
        {
            return false;
        }

        var words = text.TrimEnd(" ,.-:"u8);
        var sign = text[words.Length..];
        return IsOneOf(Sounds, words) || (sign.Length > 0 && !sign.SequenceEqual("."u8) && IsOneOf(Beginnings, words)) || (sign.IsEmpty && Dangles(words));
    }

    private static byte[][] Bytes(params string[] words) => [.. words.Select(word => Folded(word))];

    private static byte[] Folded(string word)
    {
        var text = Encoding.UTF8.GetBytes(word);
        var folded = new byte[text.Length + TextFolder.Padding];
        var facts = default(TextFacts);
        return folded[..TextFolder.Fold(text, folded, ref facts)];
    }

    // "Okay, so", "We need to": terms of openers to the end, of which the last one wants another word.
    private static bool Dangles(ReadOnlySpan<byte> words)
    {
        var last = words.LastIndexOf((byte)' ') + 1;
        if (last == 0 || !EndsInOneOf(words))
        {
            return false;
        }

        var reading = new OpenerReading(Lexicon.Openers);
        return reading.Run(words, default) && reading.UnknownBytes == 0 && reading.Terms > 0;
    }

    private static bool EndsInOneOf(ReadOnlySpan<byte> words)
    {
        foreach (var dangling in Dangling)
        {
            if (words.EndsWith(dangling) && (words.Length == dangling.Length || words[^(dangling.Length + 1)] == ' '))
            {
                return true;
            }
        }

        return false;
    }

    private static bool IsOneOf(byte[][] all, ReadOnlySpan<byte> words)
    {
        foreach (var one in all)
        {
            if (words.SequenceEqual(one))
            {
                return true;
            }
        }

        return false;
    }
}
