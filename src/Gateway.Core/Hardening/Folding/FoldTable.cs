using System.Globalization;

namespace Gateway.Core.Hardening.Folding;

/// <summary>
/// What each character of the basic plane is compared as: lower case, without accents, full width as half width, all punctuation as ASCII.
/// Written out here rather than asked of the platform, so that every machine finds the same.
/// </summary>
internal static class FoldTable
{
    private const string Accents =
        "aàáâãäåāăąǎǟǡǻȁȃȧḁạảấầẩẫậắằẳẵặæǽɑ|bḃḅḇ|cçćĉċčḉƈ|dďđðḋḍḏḑḓ|eèéêëēĕėęěȅȇȩḕḗḙḛḝẹẻẽếềểễệɛ|fḟƒ|gĝğġģǧǵḡɡ|hĥħḣḥḧḩḫẖ|iìíîïĩīĭįıİǐȉȋḭḯỉị|jĵǰ"
        + "|kķǩḱḳḵ|lĺļľŀłḷḹḻḽ|mḿṁṃ|nñńņňŉŋǹṅṇṉṋ|oòóôõöøōŏőơǒǫǭǿȍȏȫȭȯȱṍṏṑṓọỏốồổỗộớờởỡợœ|pṕṗ|qʠ|rŕŗřȑȓṙṛṝṟ|sśŝşšșṡṣṥṧṩßſ|tţťŧțṫṭṯṱẗ"
        + "|uùúûüũūŭůűųưǔǖǘǚǜȕȗṳṵṷṹṻụủứừửữự|vṽṿ|wŵẁẃẅẇẉẘ|xẋẍ|yýÿŷȳẏẙỳỵỷỹ|zźżžẑẓẕ|αάἀἁ|εέ|ηή|ιίϊΐ|οό|υύϋΰ|ωώ|σς|aᴀᵃ|iⅰⅠɩ|lⅼⅬꞁ|cⅽⅭ|dⅾⅮ|mⅿⅯ|vⅴⅤ|xⅹⅩ|bʙᵇ|cᴄᶜ|dᴅᵈ|eᴇᵉ|fꜰᶠ|gɢᵍ|hʜʰ|iɪⁱ|jᴊʲ|kᴋᵏ|lʟˡ|mᴍᵐ|nɴⁿ|oᴏᵒ|pᴘᵖ|rʀʳ|sꜱˢ|tᴛᵗ|uᴜᵘ|vᴠᵛ|wᴡʷ|xˣ|yʏʸ|zᴢᶻ|еёѐ|иѝ|اأإآٱ|یيى|کك|هة";

    private const string Lookalikes =
        "aаα|bЬв|cсϲ|dԁ|eеєε|gց|hһհн|iіιӏ|jјϳ|kκк|lⅼ|mм|nոп|oоοօ|pрρ|qԛզ|sѕ|tтτ|uսυ|vνѵ|wԝω|xхχ|yуγү|aꭺ|bᏼ|cꮯ|dꭰ|eꭼ|gꮐ|hꮋ|iꭵ|jꭻ|kꮶ|lꮮ|mꮇ|pꮲ|rꭱꮢ|sꮪ|tꭲ|vꮩ|wꮃ|zꮓ";

    private static readonly ushort[] Folded = new ushort[65536];
    private static readonly CharacterKinds[] Kinds = new CharacterKinds[65536];
    private static readonly Dictionary<char, char> Latin = [];

    static FoldTable()
    {
        for (var i = 0; i < Folded.Length; i++)
        {
            var character = (char)i;
            var category = CharUnicodeInfo.GetUnicodeCategory(character);
            Folded[i] = Plain(character, category);
            Kinds[i] = KindOf(character, category);
        }

        foreach (var group in Accents.Split('|'))
        {
            foreach (var variant in group.AsSpan(1))
            {
                Folded[variant] = Folded[char.ToUpperInvariant(variant)] = group[0];
            }
        }

        foreach (var group in Lookalikes.Split('|'))
        {
            foreach (var variant in group.AsSpan(1))
            {
                Latin[variant] = group[0];
                Kinds[variant] |= CharacterKinds.Confusable;
                Kinds[char.ToUpperInvariant(variant)] |= CharacterKinds.Confusable;
            }
        }
    }

    /// <summary>What the character is compared as; 0 where it is left out.</summary>
    public static ushort Fold(char character) => Folded[character];

    /// <summary>What the character is.</summary>
    public static CharacterKinds KindOf(char character) => Kinds[character];

    /// <summary>The Latin letter that a folded character passes for, or itself.</summary>
    public static char LatinOf(char folded) => Latin.GetValueOrDefault(folded, folded);

    private static ushort Plain(char character, UnicodeCategory category) => character switch
    {
        '\t' or '\n' or '\r' => character,
        _ when IsInvisible(character) => 0,
        >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(character - 0xFEE0)),
        < '\x80' => char.ToLowerInvariant(character),
        '‘' or '’' or 'ʼ' or '′' => '\'',
        '。' or '…' or '．' or '۔' or '।' => '.',
        '、' or '،' => ',',
        '\u17D6' or '\u1366' or '\u055D' or '\u2236' or '\uA789' or '\uFE13' or '\uFE55' => ':',
        '\u2223' => '|',
        '؛' => ';',
        '؟' => '?',
        '【' or '［' or '〔' or '「' or '『' => '[',
        '】' or '］' or '〕' or '」' or '』' => ']',
        >= 'Ⓐ' and <= 'Ⓩ' => (ushort)('a' + character - 'Ⓐ'),
        >= '\u249C' and <= '\u24B5' => (ushort)('a' + character - '\u249C'),
        >= 'ⓐ' and <= 'ⓩ' => (ushort)('a' + character - 'ⓐ'),
        // Arabic tatweel lengthens a word and says nothing.
        'ـ' => 0,
        _ => category switch
        {
            UnicodeCategory.DecimalDigitNumber => (ushort)('0' + CharUnicodeInfo.GetDecimalDigitValue(character)),
            UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark when character < 0x0900 => 0,
            UnicodeCategory.SpaceSeparator => ' ',
            UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => '\n',
            UnicodeCategory.DashPunctuation => '-',
            UnicodeCategory.OpenPunctuation => '(',
            UnicodeCategory.ClosePunctuation => ')',
            UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation => '"',
            UnicodeCategory.ConnectorPunctuation => '_',
            UnicodeCategory.OtherPunctuation => '.',
            UnicodeCategory.MathSymbol or UnicodeCategory.CurrencySymbol or UnicodeCategory.ModifierSymbol => ' ',
            // Pictures split words for a tokenizer and not for a reader.
            UnicodeCategory.OtherSymbol => 0,
            UnicodeCategory.Control or UnicodeCategory.Format => 0,
            _ => char.ToLowerInvariant(character),
        },
    };

    private static CharacterKinds KindOf(char character, UnicodeCategory category)
    {
        if (IsInvisible(character))
        {
            return CharacterKinds.Invisible;
        }

        // Marks and unassigned letters continue a word; so do surrogates, which never come alone here.
        if (category is not (<= UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark
            or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber))
        {
            return character switch
            {
                (>= 'Ⓐ' and <= 'ⓩ') or (>= '\u249C' and <= '\u24B5') => CharacterKinds.Circled,
                >= '\u0E00' and <= '\u0EFF' => CharacterKinds.ThaiOrLao,
                _ => CharacterKinds.None,
            };
        }

        return CharacterKinds.Word | (character switch
        {
            'ᴀ' or 'ᴄ' or 'ᴅ' or 'ᴇ' or 'ᴊ' or 'ᴋ' or 'ᴍ' or 'ᴏ' or 'ᴘ' or 'ᴛ' or 'ᴜ' or 'ᴠ' or 'ᴡ' or 'ᴢ' or 'ꜰ' or 'ꜱ' => CharacterKinds.Latin | CharacterKinds.Circled,
            (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '\u00C0' and <= '\u024F' and not '×' and not '÷') => CharacterKinds.Latin,
            (>= '\u1E00' and <= '\u1EFF') or (>= '\uFF21' and <= '\uFF5A') => CharacterKinds.Latin,
            (>= '\u0370' and <= '\u052F') or (>= '\u0530' and <= '\u058F') or (>= '\u13A0' and <= '\u13FF') or (>= '\uAB70' and <= '\uABBF') => CharacterKinds.LatinLike,
            (>= '\u0590' and <= '\u08FF') or (>= '\uFB1D' and <= '\uFDFF') or (>= '\uFE70' and <= '\uFEFC') => CharacterKinds.RightToLeft,
            >= '\u0E00' and <= '\u0EFF' => CharacterKinds.ThaiOrLao,
            _ => CharacterKinds.None,
        });
    }

    private static bool IsInvisible(char character) => character is
        (< ' ' and not '\t' and not '\n' and not '\r' and not '\f' and not '\v') or (>= '\x7F' and <= '\x9F' and not '\x85')
        or '\u00AD' or '\u034F' or '\u061C' or '\u115F' or '\u1160' or '\u17B4' or '\u17B5' or (>= '\u180B' and <= '\u180F')
        or (>= '\u200B' and <= '\u200F') or (>= '\u202A' and <= '\u202E') or (>= '\u2060' and <= '\u206F')
        or '\u2800' or '\u3164' or '\uFFA0' or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF' or (>= '\uFFF0' and <= '\uFFFC') or (>= '\uFDD0' and <= '\uFDEF') or '\uFFFE' or '\uFFFF';
}
