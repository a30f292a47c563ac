using System.Text;
using Gateway.Core.Hardening.Folding;
using Gateway.Core.Hardening.Rules;
using Gateway.Core.Scoring;

namespace Gateway.Core.Hardening;

/// <summary>
/// An item's response in variants that say the same. None of them holds a control token that the response did not: they change white space and a full
/// stop, and marks only where that makes no token. So what passed the <see cref="Hardener"/> needs no second look.
/// </summary>
public static class ResponseVariants
{
    private const string Typeset = "\u2018\u2019\u201A\u201C\u201D\u201E\u2010\u2011\u2012\u2013\u2014\u2212\u00A0\u202F";
    private const string Keyboard = "'''\"\"\"------  ";

    /// <summary>The item itself and its variants, each text once; the item alone where its response cannot be told from the rest.</summary>
    /// <param name="item">An item of one response.</param>
    /// <param name="variants">Which variants.</param>
    /// <param name="template">The model's chat template, to find the response in templated text.</param>
    public static IReadOnlyList<HardenedItem> Of(HardenedItem item, IReadOnlyList<ResponseVariant> variants, ChatTemplate? template)
    {
        var (response, with) = Parts(item.Item.Body, template);
        if (with is null)
        {
            return [item];
        }

        var seen = new HashSet<string>(StringComparer.Ordinal) { response };
        var all = new List<HardenedItem> { item };
        foreach (var variant in variants)
        {
            var text = Apply(variant, response);
            if (seen.Add(text))
            {
                all.Add(new HardenedItem(item.Item with { Body = with(text) }, item.PolicyDigest, item.Findings));
            }
        }

        return all;
    }

    /// <summary>One variant of a response.</summary>
    public static string Apply(ResponseVariant variant, string response) => variant switch
    {
        ResponseVariant.Trimmed => response.Trim(),
        ResponseVariant.TrailingNewline => response.TrimEnd() + "\n",
        ResponseVariant.LeadingNewline => "\n" + response.TrimStart(),
        ResponseVariant.LineEnds => string.Join('\n', response.ReplaceLineEndings("\n").Split('\n').Select(line => line.TrimEnd())),
        ResponseVariant.FinalMark => FinalMark(response),
        ResponseVariant.PlainMarks => PlainMarks(response),
        _ => throw new ArgumentOutOfRangeException(nameof(variant), variant, null),
    };

    private static string FinalMark(string response)
    {
        var text = response.TrimEnd();
        return text.EndsWith('.') && !text.EndsWith("..", StringComparison.Ordinal) && text.Length > 1 ? text[..^1]
            : text.Length > 0 && char.IsLetterOrDigit(text[^1]) ? text + "."
            : response;
    }

    // "<fim-prefix>" with a typesetter's hyphen is no token.
    private static string PlainMarks(string response)
    {
        var plain = string.Concat(response.Select(mark => Typeset.IndexOf(mark, StringComparison.Ordinal) is >= 0 and var at ? Keyboard[at] : mark));
        return ControlTokens(plain) > ControlTokens(response) ? response : plain;
    }

    private static int ControlTokens(string text)
    {
        ReadOnlySpan<byte> rest = Encoding.UTF8.GetBytes(text);
        var tokens = 0;
        while (rest.IndexOfAny(ControlTokenForms.FirstBytes) is var at && at >= 0)
        {
            tokens += ControlTokenRule.LengthAt(rest[at..]) > 0 ? 1 : 0;
            rest = rest[(at + 1)..];
        }

        return tokens;
    }

    private static (string Response, Func<string, ItemBody>? With) Parts(ItemBody body, ChatTemplate? template)
    {
        switch (body)
        {
            case ItemBody.Conversation { Responses: [var response] } conversation:
                return (response.ToString(), text => conversation with { Responses = [new Utf8Text(text)] });
            case ItemBody.Templated templated when template?.FindResponse(templated) is (_, >= 0 and var start, var length):
                var (before, after) = (templated.Text.Slice(0, start).ToString(), templated.Text.Slice(start + length).ToString());
                return (templated.Text.Slice(start, length).ToString(), text => templated with { Text = new Utf8Text(before + text + after) });
            default:
                return ("", null);
        }
    }
}
