using System.Text;

namespace Gateway.Core.Hardening.Folding;

/// <summary>A script or a style with letters that pass for Latin ones, as Unicode's confusables (UTS 39) have them.</summary>
internal enum LookalikeScript : byte
{
    /// <summary>None of these.</summary>
    None,

    /// <summary>Cyrillic.</summary>
    Cyrillic,

    /// <summary>Greek, of which only capitals and omicron pass: the others are signs of formulas.</summary>
    Greek,

    /// <summary>Armenian.</summary>
    Armenian,

    /// <summary>Cherokee.</summary>
    Cherokee,

    /// <summary>Coptic.</summary>
    Coptic,

    /// <summary>Lisu, whose letters are Latin capitals, upright or turned.</summary>
    Lisu,

    /// <summary>Letters of phonetic alphabets, of old spellings, and small capitals.</summary>
    Phonetic,

    /// <summary>Roman numerals of one character, and letters made for mathematics.</summary>
    Letterlike,

    /// <summary>Latin letters as wide as ideographs.</summary>
    Wide,

    /// <summary>Canadian syllabics.</summary>
    Syllabics,
}

/// <summary>Which script a letter is of, and whether it passes for a Latin one.</summary>
internal static class Lookalikes
{
    private const string Greek = "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧο";
    private const string Armenian = "սոհցօԼՏՍՕղգզքյլՀՈ";
    private const string Cherokee = "ᎠᎡᎢᎥᎪᎫᎬᎳᎷᎻᎾᏀᏃᏎᏏᏒᏔᏕᏙᏚᏞᏟᏢᏦᏧᎩᎵᎽᏂᏋ";
    private const string Coptic = "ⲀⲁⲂⲃⲈⲉⲎⲏⲒⲓⲔⲕⲘⲙⲚⲛⲞⲟⲢⲣⲤⲥⲦⲧⲨⲩⲬⲭⲌⲍ";
    private const string Lisu = "ꓐꓑꓓꓔꓖꓗꓙꓚꓜꓝꓟꓠꓡꓢꓣꓦꓧꓪꓫꓬꓮꓰꓲꓳꓴ";
    private const string Phonetic = "ıɑɡɩꞁʟɴʙʜʋƅƨǀᴀᴄᴅᴇᴊᴋᴍᴏᴘᴛᴜᴠᴡᴢꜰꜱ";

    private const string Syllabics = "ᐁᐃᐅᐯᐱᑌᑎᑐᑭᑫᑲᒍᒐᒪᒧᒣᓀᓂᓚᓓᓗᔐᔕᔑᖇᖆᖴᖶᖯᗞᗩᗪᗰᗯᗷᗱᗴᘔᘜᕈᕼᙀᙡᙢ᙭ᙅᙓᐸᐳᑕᑢᑖᑎᑯᑦᒥᒎᒋᔭᕮᕲᖾᖿᖺᗝᗅᘉᘿᙏᙖᙆᑉᒡᒪᔓᖵᖘᗟᗢᑘᑧᑬᑹᓰᓬᔝᔢ";

    /// <summary>The script of a letter; <paramref name="passes"/> is true where it looks like a Latin one.</summary>
    public static LookalikeScript Of(Rune rune, out bool passes)
    {
        passes = false;
        if (!rune.IsBmp)
        {
            return LookalikeScript.None;
        }

        var letter = (char)rune.Value;
        var script = letter switch
        {
            (>= '\u0400' and <= '\u052F') => LookalikeScript.Cyrillic,
            (>= '\u0370' and <= '\u03FF') => LookalikeScript.Greek,
            (>= '\u0531' and <= '\u0587') => LookalikeScript.Armenian,
            (>= '\u13A0' and <= '\u13FD') or (>= '\uAB70' and <= '\uABBF') => LookalikeScript.Cherokee,
            (>= '\u2C80' and <= '\u2CE4') => LookalikeScript.Coptic,
            (>= '\uA4D0' and <= '\uA4F7') => LookalikeScript.Lisu,
            (>= '\u0250' and <= '\u02AF') or (>= '\u1D00' and <= '\u1D7F') or '\u0131' or '\u0185' or '\u01A8' or '\u01C0' or '\uA781' or '\uA730' or '\uA731' => LookalikeScript.Phonetic,
            (>= '\u2160' and <= '\u217F') or (>= '\u2102' and <= '\u2149') => LookalikeScript.Letterlike,
            >= '\u1400' and <= '\u167F' => LookalikeScript.Syllabics,
            (>= '\uFF21' and <= '\uFF3A') or (>= '\uFF41' and <= '\uFF5A') => LookalikeScript.Wide,
            _ => LookalikeScript.None,
        };
        passes = script switch
        {
            LookalikeScript.Cyrillic => (FoldTable.KindOf(letter) & CharacterKinds.Confusable) != 0,
            LookalikeScript.Greek => Greek.Contains(letter),
            LookalikeScript.Armenian => Armenian.Contains(letter) || (FoldTable.KindOf(letter) & CharacterKinds.Confusable) != 0,
            LookalikeScript.Cherokee => Cherokee.Contains(letter >= '\uAB70' ? (char)(letter - 0xAB70 + 0x13A0) : letter) || (FoldTable.KindOf(letter) & CharacterKinds.Confusable) != 0,
            LookalikeScript.Coptic => Coptic.Contains(letter),
            LookalikeScript.Lisu => Lisu.Contains(letter),
            LookalikeScript.Syllabics => Syllabics.Contains(letter),
            LookalikeScript.Phonetic => Phonetic.Contains(letter),
            LookalikeScript.None => false,
            _ => true,
        };
        return script;
    }
}
