using System.Text;
using Gateway.Core.Hardening.Folding;

namespace Gateway.Core.Hardening.Rules;

/// <summary>
/// Finds control and chat-template tokens of the common model families in text that somebody wrote: the known ones, and whatever is written
/// in one of their forms, such as between <c>&lt;|</c> and <c>|&gt;</c>. Encoders and prompt builders write such tokens as plain text, so they are neutralised,
/// save where the text came templated and no judged turn was found.
/// </summary>
public sealed class ControlTokenRule : IHardeningRule
{
    // What tokens are written with, disguised ones too.
    private const SignKinds Written = SignKinds.Less | SignKinds.Greater | SignKinds.Openers | SignKinds.Closers | SignKinds.Codes;

    /// <inheritdoc/>
    public string Name => "control-token";

    /// <inheritdoc/>
    public int Version => 9;

    /// <inheritdoc/>
    public HardeningScope Scope => HardeningScope.Everything;

    /// <inheritdoc/>
    public bool Neutralises => true;

    /// <inheritdoc/>
    public RuleActions Default => RuleActions.Always(HardeningAction.Neutralise);

    /// <inheritdoc/>
    public RuleActions Strict => RuleActions.Always(HardeningAction.Neutralise);

    /// <inheritdoc/>
    public void Inspect(in HardeningField field, FindingList findings)
    {
        if (field.Scope != HardeningScope.Everything && (field.Folded.Facts.Signs & Written) == 0)
        {
            return;
        }

        var text = field.Text;
        var any = false;
        for (var at = 0; at < text.Length && !findings.IsFull;)
        {
            var next = text[at..].IndexOfAny(ControlTokenForms.FirstBytes);
            if (next < 0)
            {
                break;
            }

            at += next;
            var length = LengthAt(text[at..]);
            length = length == 0 ? ControlTokenForms.SpacedLengthAt(text[at..]) : length;
            if (length == 0)
            {
                at++;
                continue;
            }

            Add(field, findings, at, length);
            any = true;
            at += length;
        }

        if (!any && field.Scope != HardeningScope.Everything)
        {
            Disguised(field, findings);
        }
    }

    // In full width, with a character in it that nobody sees, or as an entity: no tokenizer takes that for a token, and a judge may.
    private static void Disguised(in HardeningField field, FindingList findings)
    {
        if (DisguisedToken.Find(field) is >= 0 and var at)
        {
            findings.Add(field, field.IsQuoted(at) ? HardeningSeverity.Low : HardeningSeverity.Medium, at, "a control token in other signs, read as plain text");
        }
    }

    private static void Add(in HardeningField field, FindingList findings, int at, int length)
    {
        var spelled = Encoding.UTF8.GetString(field.Text.Slice(at, length));
        var severity = field.Scope == HardeningScope.Everything || field.IsQuoted(at) ? HardeningSeverity.Low : HardeningSeverity.Medium;
        findings.Add(field, severity, at, field.IsParsed
            ? $"control token {spelled}; whose it is cannot be told, since no judged turn was found"
            : $"control token {spelled} read as plain text");
    }

    /// <summary>The bytes of the control token that a text begins with; 0 where it begins with none.</summary>
    public static int LengthAt(ReadOnlySpan<byte> text) => ControlTokenForms.LengthAt(text);
}
