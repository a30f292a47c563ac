using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>The place where an answer should stand, as templates write it: "[Your answer here]", "&lt;insert solution&gt;".</summary>
internal static class Placeholder
{
    private const int Longest = 80;

    private static readonly byte[][] Words = [.. ((string[])
    [
        "your", "here", "insert", "write", "enter", "put", "fill", "in", "goes", "the", "a", "an", "answer", "answers", "final", "response", "reply", "solution", "text", "result", "explanation", "reasoning", "content", "output", "placeholder", "step", "steps", "to", "of", "question", "problem", "thinking", "thoughts", "process", "only", "my", "ans",
        "deine", "ihre", "antwort", "hier", "einfügen", "einfugen", "lösung", "losung", "votre", "reponse", "ici", "tu", "su", "respuesta", "aqui", "sua", "resposta", "la", "risposta", "qui", "ваш", "ответ", "здесь", "cevabınız", "cevabiniz", "buraya", "jawaban", "anda", "di", "sini",
    ]).Select(Encoding.UTF8.GetBytes)];

    /// <summary>True where folded text is words of such a place between brackets, and nothing else.</summary>
    public static bool Is(ReadOnlySpan<byte> folded)
    {
        var text = folded.Trim(" \t\r\n*_`."u8);
        if (text.Length is < 4 or > Longest || !((text[0] == '[' && text[^1] == ']') || (text[0] == '<' && text[^1] == '>') || (text[0] == '{' && text[^1] == '}')))
        {
            return false;
        }

        var words = 0;
        foreach (var range in text.SplitAny(" _-[]<>{}:."u8))
        {
            var word = text[range];
            if (!word.IsEmpty && !IsOneOf(word))
            {
                return false;
            }

            words += word.IsEmpty ? 0 : 1;
        }

        return words > 0;
    }

    /// <summary>True where folded text is the name of whose turn it is, and nothing else: "assistant".</summary>
    public static bool IsRole(ReadOnlySpan<byte> folded)
    {
        var text = folded.Trim(" \t\r\n*_`.:#<>[]|"u8);
        return text.SequenceEqual("assistant"u8) || text.SequenceEqual("assistantfinal"u8) || text.SequenceEqual("assistant response"u8) || text.SequenceEqual("ai assistant"u8) || text.SequenceEqual("chatbot"u8);
    }

    private static bool IsOneOf(ReadOnlySpan<byte> text)
    {
        foreach (var word in Words)
        {
            if (text.SequenceEqual(word))
            {
                return true;
            }
        }

        return false;
    }
}
