using System.Buffers;
using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// Turns told by how they are set and not by who speaks: lines that begin with a name and a colon, in a transcript, a chat, a play or a hearing, of
/// which one approves of something; headers of a mail; what a tool or a server returned.
/// </summary>
internal static class Dialogue
{
    private const int LongestLabel = 48;
    private const int FewestTurns = 2;
    private const int MostLines = 200;
    private const int LongestQuoting = 80;
    private const int LongestTail = 400;

    // What a speaker says who approves of an answer.
    private static readonly uint Approving = Mask(TermClass.Right, TermClass.Top, TermClass.Score, TermClass.Done, TermClass.Meets, TermClass.Lenient, TermClass.Pick);

    // Labels of lists, working and data, which nobody is called.
    private static readonly SearchValues<string> NoNames = SearchValues.Create(
    [
        "answer", " step ", " note", "solution", "result", " final ", "explanation", "reason", "example", "question", "problem", "option", "choice", "score", "rating", "grade", "verdict", " total", " part ", " case ", "conclusion", "input", "output", "summary", "title", " name ", " date ", " time ", " day ", " week ", " price ", " type ", "claim", "proof", " given ", " find ", "hint", "http", "import", "return", "def ", "class ", " true ", " false ", "correct", "wrong",
        " pros ", " cons ", "positive", "negative", "sentence", "version", "original", "revised", "rewritten", "corrected", "translation", "author", "subject", "ingredient", "method", "instruction", "review", "feedback", "comment", "strength", "weakness", "criteria", "rubric", " task ", " goal", "status", " level ", " key ", "value", "difference", "advantage", "category", "topic", " tip", " why ", " what ", " how ", " when ", " where ", " who ",
        "antwort", "lösung", "ergebnis", "beispiel", "hinweis", "schritt", "note ", "réponse", "exemple", "étape", "remarque", "respuesta", "ejemplo", " paso ", "nota", "resposta", "exemplo", " passo ", "risposta", "esempio", "antwoord", "voorbeeld", " stap ", "ответ", "пример", "шаг", "решение", "итог", "答案", "例", "步骤", "注", "结论", "答え", "解説", "정답", "예시", "단계",
    ], StringComparison.Ordinal);

    private static readonly SearchValues<string> AskedForTurns = SearchValues.Create(
    [
        "dialog", "conversation", "transcript", "interview", " script", "screenplay", "scene", " play", "chat", "mail", "letter", "memo", "message", "hearing", "debate", "skit", "story", "minutes", "courtroom", "percakap", "реплик", "json", " api ", " log ", "gespräch", "szene", " brief ", "interview", "entretien", "scène", "courriel", "lettre", "diálogo", "dialogo", "escena", " cena ", "carta", "correo", "intervista", "lettera", "gesprek", "samtal", "keskustel", "párbeszéd", "rozmow", "rozhovor", "диалог", "разговор", "письм", "сцен", "діалог", "διάλογ", "diyalog", "حوار", "رسالة", "گفتگو", "संवाद", "সংলাপ", "உரையாடல்", "บทสนทนา", "hội thoại", "percakapan", "对话", "對話", "邮件", "剧本", "会話", "対話", "メール", "대화", "이메일",
    ], StringComparison.Ordinal);

    private static readonly SearchValues<string> AskedForTalk = SearchValues.Create(
        ["dialogue", " dialog ", "transcript", "interview", "screenplay", "chat log", "conversation between", "messages format", "gespräch zwischen", "entretien entre", "диалог", "діалог", "percakapan", "对话", "對話", "会話", "対話", "대화"], StringComparison.Ordinal);

    private static readonly SearchValues<string> MailHeaders = SearchValues.Create(
        ["from:", "to:", "subject:", "sent:", "cc:", "reply-to:", "von:", "an:", "betreff:", "gesendet:", "de:", "de :", "à:", "à :", "a:", "a :", "objet:", "objet :", "envoyé", "para:", "asunto:", "assunto:", "enviado", "da:", "oggetto:", "inviato", "van:", "aan:", "onderwerp:", "från:", "fran:", "till:", "ämne:", "amne:", "fra:", "til:", "emne:", "lähettäjä:", "aihe:", "feladó:", "címzett:", "tárgy:", "od:", "do:", "temat:", "komu:", "předmět:", "predmet:", "predmět:", "от:", "кому:", "тема:", "від:", "от кого:", "kimden:", "kime:", "konu:", "من:", "إلى:", "الى:", "الموضوع:", "מאת:", "אל:", "נושא:", "发件人:", "收件人:", "主题:", "寄件者:", "主旨:", "差出人:", "宛先:", "件名:", "보낸 사람:", "받는 사람:", "제목:", "dari:", "kepada:", "perihal:", "từ:", "đến:", "chủ đề:"], StringComparison.Ordinal);

    private static readonly SearchValues<string> Quoted = SearchValues.Create(["original message-----", "forwarded message", "begin forwarded message", "weitergeleitete nachricht", "ursprüngliche nachricht", "message d'origine", "message transféré", "mensaje original", "mensagem original", "messaggio originale", "oorspronkelijk bericht", "пересылаемое сообщение", "исходное сообщение", "原始邮件", "转发的邮件", "元のメッセージ", "원본 메시지"], StringComparison.Ordinal);

    // Behind "<", what harnesses of agents write around what a tool or a person sent; and keys of the same in JSON.
    private static readonly byte[][] Tags = Bytes("tool_result", "tool_response", "tool_output", "function_result", "function_response", "observation>", "system-reminder", "system_reminder", "environment_details", "user_query", "user_message", "system_message", "tool_use_error", "command_output", "stdout>");
    private static readonly byte[][] Keys = Bytes("\"jsonrpc\"", "\"tool_call_id\"", "\"tool_use_id\"", "\"iserror\"", "\"finish_reason\"", "\"choices\":[", "\"role\": \"tool\"", "\"role\":\"tool\"", "tool_result: {", "tool_response: {");

    /// <summary>How many turns of somebody else the text has by its setting alone, and in <paramref name="first"/> where the first one begins in the folded text.</summary>
    public static int Turns(in HardeningField field, out int first, out HardeningSeverity severity)
    {
        (first, severity) = (-1, HardeningSeverity.Medium);
        var (classes, facts) = (0u, field.Folded.Facts);
        foreach (var hit in field.Folded.Terms)
        {
            classes |= 1u << (int)hit.Class;
        }

        var folded = field.Folded.Bytes;
        if (facts.HasSigns && Returned(folded, facts.Signs) is >= 0 and var at)
        {
            first = at;
            return IsAsked(field.Prompt) ? 0 : 1;
        }

        if ((facts.Signs & SignKinds.LineEnds) == 0)
        {
            return 0;
        }

        // Without a term of any kind, which is clean text, only the last lines are read.
        var from = classes != 0 ? 0 : Math.Max(0, folded.Length - LongestTail);
        from = classes != 0 ? 0 : folded[from..].LastIndexOf("\n\n"u8) is >= 0 and var paragraph ? from + paragraph : from == 0 ? 0 : folded.Length;
        var turns = Lines(folded, from, field.Folded.Terms, out first, out severity);
        return turns > 0 && !IsAsked(field.Prompt) ? turns : 0;
    }

    private static byte[][] Bytes(params string[] words) => [.. words.Select(Encoding.ASCII.GetBytes)];

    private static int Returned(ReadOnlySpan<byte> folded, SignKinds signs)
    {
        for (var at = 0; (signs & SignKinds.Less) != 0 && folded[at..].IndexOf((byte)'<') is >= 0 and var next; at++)
        {
            at += next;
            if (BeginsWith(Tags, folded[(at + 1)..]))
            {
                return at;
            }
        }

        foreach (var key in (signs & (SignKinds.Quotes | SignKinds.Openers)) == (SignKinds.Quotes | SignKinds.Openers) && folded.IndexOf("\":"u8) >= 0 ? Keys : [])
        {
            if (folded.IndexOf(key) is >= 0 and var found)
            {
                return found;
            }
        }

        return -1;
    }

    private static bool BeginsWith(byte[][] words, ReadOnlySpan<byte> text)
    {
        foreach (var word in words)
        {
            if (text.StartsWith(word))
            {
                return true;
            }
        }

        return false;
    }

    private static uint Mask(params TermClass[] classes) => classes.Aggregate(0u, (mask, one) => mask | (1u << (int)one));

    /// <summary>True where the prompt asks in so many words for talk of several people.</summary>
    public static bool IsAskedPlainly(ReadOnlySpan<byte> prompt) => Encoding.UTF8.GetString(prompt.Length > 4000 ? prompt[^4000..] : prompt).ToLowerInvariant().AsSpan().ContainsAny(AskedForTalk);

    private static bool IsAsked(ReadOnlySpan<byte> prompt) => Encoding.UTF8.GetString(prompt.Length > 4000 ? prompt[^4000..] : prompt).ToLowerInvariant().AsSpan().ContainsAny(AskedForTurns);

    // A name and a colon at the beginning of two lines or more, one behind the other, and words of approval in one of them.
    private static int Lines(ReadOnlySpan<byte> folded, int from, ReadOnlySpan<TermHit> terms, out int first, out HardeningSeverity severity)
    {
        var (headers, header, lines, quoted) = (0, -1, 0, false);
        var run = default(Run);
        var best = default(Run);
        for (var at = from; at < folded.Length && lines < MostLines;)
        {
            var length = folded[at..].IndexOf((byte)'\n');
            var end = length < 0 ? folded.Length : at + length;
            var line = folded[at..end].TrimEnd(" \r"u8);
            lines++;
            if (line.IsEmpty || line is [(byte)'(', .., (byte)')'])
            {
                run.IsBehindBlank |= line.IsEmpty && run.Turns == 0 && at > 0;
            }
            else if (!IsHeader(line) && Label(line, out var label, out var isStamped))
            {
                run.See(at, label, isStamped, Approves(terms, at, end));
            }
            else
            {
                best = best.IsSure ? best : run;
                run = default;
                header = headers == 0 ? at : header;
                headers += IsHeader(line) ? 1 : 0;
                quoted |= line.Length <= LongestQuoting && line[0] is (byte)'-' or (byte)'>' or (byte)'b' && Encoding.UTF8.GetString(line).AsSpan().ContainsAny(Quoted);
            }

            at = end + 1;
        }

        best = best.IsSure ? best : run;
        var isMail = headers >= 3 || (headers >= 1 && quoted);
        severity = isMail || best.IsSure ? HardeningSeverity.Medium : HardeningSeverity.Low;
        first = best.IsSure || !isMail ? best.First : header;
        return best.IsSure ? best.Turns : isMail ? headers : run.MayBe ? run.Turns : 0;
    }

    // Lines of turns, one behind the other.
    private ref struct Run
    {
        private const int MostTurns = 8;
        private ReadOnlySpan<byte> _speaker;
        private bool _changes;
        private bool _isStamped;
        private bool _approves;

        // What a tool returned, as agents that think aloud write it.
        private bool _observes;

        public int Turns { get; private set; }

        public int First { get; private set; }

        public bool IsBehindBlank { get; set; }

        public readonly bool IsSure => Turns is >= FewestTurns and <= MostTurns && (_observes || (_approves && (_changes || _isStamped)));

        // At the end, behind something else.
        public readonly bool MayBe => IsBehindBlank && Turns <= MostTurns && (Turns >= FewestTurns ? _changes : _approves);

        public void See(int at, ReadOnlySpan<byte> speaker, bool isStamped, bool approves)
        {
            First = Turns == 0 ? at : First;
            _changes |= Turns > 0 && !speaker.SequenceEqual(_speaker);
            _speaker = speaker;
            _isStamped |= isStamped;
            _approves |= approves;
            _observes |= speaker.SequenceEqual("observation"u8);
            Turns++;
        }
    }

    private static bool IsHeader(ReadOnlySpan<byte> line)
    {
        var colon = line[..Math.Min(line.Length, LongestLabel)].IndexOf((byte)':');
        var header = colon > 0 ? line[..(colon + 1)].TrimStart(" >*"u8) : default;
        Span<char> characters = stackalloc char[LongestLabel];
        return ((ReadOnlySpan<char>)characters[..Encoding.UTF8.GetChars(header, characters)]).IndexOfAny(MailHeaders) == 0;
    }

    // "[12/03/2025, 10:11] Prof. Lindqvist: ", "JUDGE (nodding): ", "[Evaluation bot] accepted", "judge> "; a list's label and a sentence are none.
    private static bool Label(ReadOnlySpan<byte> line, out ReadOnlySpan<byte> label, out bool isStamped)
    {
        var near = line[..Math.Min(line.Length, LongestLabel)];
        var start = near.IndexOfAnyExcept("[]()<> 0123456789/:.,-"u8);
        label = start < 0 ? default : near[start..];
        isStamped = start > 0 && line[..start].IndexOf((byte)':') > 0;
        var isBracket = start == 1 && line[0] is (byte)'[' or (byte)'<';
        if (start < 0 || (start > 0 && !isStamped && !isBracket))
        {
            return false;
        }

        var close = isBracket ? label.IndexOf(line[0] == '[' ? (byte)']' : (byte)'>') : label.IndexOfAny(":>"u8);
        var from = start + close + 1;
        if (close < 2 || from + 1 >= line.Length || !(line[from] is (byte)' ' or (byte)'*' || (line[from] >= 0x80 && line[from - 1] == ':')))
        {
            return false;
        }

        label = label[..close].TrimEnd(" *_"u8);
        var aside = label.IndexOf((byte)'(');
        label = (aside > 0 && label[^1] == ')' ? label[..aside] : label).TrimEnd((byte)' ');
        return label.Length > 1 && label.Count((byte)' ') <= 2 && label.IndexOfAny("{}[]()\"`=<>/\\$,;0123456789"u8) < 0
            && !IsNoName(label);
    }

    private static bool IsNoName(ReadOnlySpan<byte> label)
    {
        Span<char> characters = stackalloc char[LongestLabel + 2];
        characters[0] = ' ';
        var length = Encoding.UTF8.GetChars(label, characters[1..]) + 1;
        characters[length] = ' ';
        return ((ReadOnlySpan<char>)characters[..(length + 1)]).ContainsAny(NoNames);
    }

    private static bool Approves(ReadOnlySpan<TermHit> terms, int from, int to)
    {
        for (var i = TermHit.FirstFrom(terms, from); i < terms.Length && terms[i].At < to; i++)
        {
            if (terms[i].End <= to && (Approving >> (int)terms[i].Class & 1) != 0)
            {
                return true;
            }
        }

        return false;
    }
}
