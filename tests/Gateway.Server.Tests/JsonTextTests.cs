using System.Globalization;
using System.Text;
using System.Text.Json;
using Gateway.Core.Scoring;
using Gateway.Server.Wire;

namespace Gateway.Server.Tests;

public sealed class JsonTextTests
{
    private static readonly string[] Runes = ["a", "Z", "0", " ", "\"", "\\", "/", "\b", "\f", "\n", "\r", "\t", "\0", "\u007f", "é", "ß", "€", "\u2028", "\uFFFD", "\uFFFF", "\uE000", "😀", "\U00010000", "\U0010FFFF"];

    [Fact]
    public void Unescape_RandomStrings_AgreesWithSystemTextJson()
    {
        var random = new Random(20_260_823);
        for (var round = 0; round < 5_000; round++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(40)).Select(_ => Runes[random.Next(Runes.Length)]));
            var json = Escaped(text, random);

            Assert.Equal(JsonSerializer.Deserialize<string>($"\"{json}\""), Unescaped(json));
            Assert.Equal(text, Unescaped(json));
        }
    }

    [Theory]
    [InlineData(@"\ud800", "\uFFFD")]
    [InlineData(@"\udfff", "\uFFFD")]
    [InlineData(@"a\uD83D", "a\uFFFD")]
    [InlineData(@"\ud83dx", "\uFFFDx")]
    [InlineData(@"\ud83d\n", "\uFFFD\n")]
    [InlineData(@"\ud83d\u0041", "\uFFFDA")]
    [InlineData(@"\ud83d\ud83d\ude00", "\uFFFD😀")]
    [InlineData(@"\ude00\ud83d", "\uFFFD\uFFFD")]
    [InlineData(@"\ud83d\\ude00", "\uFFFD\\ude00")]
    public void Unescape_LoneSurrogate_BecomesOneReplacementCharacter(string json, string expected) => Assert.Equal(expected, Unescaped(json));

    [Theory]
    [InlineData(@"\")]
    [InlineData(@"a\")]
    [InlineData(@"\x")]
    [InlineData(@"\u12")]
    [InlineData(@"\u12g4")]
    [InlineData(@"\u004")]
    [InlineData(@"\u0041\u")]
    [InlineData(@"\ud83d\u12x4")]
    [InlineData("\\\0")]
    public void Unescape_NoEscapeOfJson_SaysSo(string json)
    {
        var escaped = Encoding.UTF8.GetBytes(json);

        Assert.Equal(-1, JsonText.Unescape(escaped, new byte[escaped.Length]));
    }

    [Fact]
    public void Unescape_AnyEscape_NeverGrows()
    {
        foreach (var escape in (string[])[@"\u0000", @"\u00e9", @"\u20ac", @"\ud800", @"\ud83d\ude00", @"\n", @"\/"])
        {
            Assert.True(Encoding.UTF8.GetByteCount(Unescaped(escape)) <= escape.Length);
        }
    }

    [Fact]
    public void Read_OutsideALease_IsABugAndSaysSo()
    {
        var fault = Assert.Throws<InvalidOperationException>(() => JsonSerializer.Deserialize("""{"query": ["x"]}""", DialectJson.Default.OpenRlhfBody));

        Assert.Contains("within a lease", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Within_DeserialisationThrows_LeavesNoLeaseBehind()
    {
        using var lease = new TextLease();
        Assert.Throws<JsonException>(() => JsonText.Within(lease, () => JsonSerializer.Deserialize("{\"query\": [1", DialectJson.Default.OpenRlhfBody)));

        Assert.Throws<InvalidOperationException>(() => JsonSerializer.Deserialize("""{"query": ["x"]}""", DialectJson.Default.OpenRlhfBody));
    }

    [Fact]
    public void Within_Texts_EndWithTheirLease()
    {
        OpenRlhfBody body;
        using (var lease = new TextLease())
        {
            body = JsonText.Within(lease, () => JsonSerializer.Deserialize("""{"query": ["plain", "esc\u0061ped"]}""", DialectJson.Default.OpenRlhfBody))!;
            Assert.Equal(["plain", "escaped"], body.Query!.Select(text => text!.Value.ToString()));
        }

        Assert.Throws<ObjectDisposedException>(() => body.Query![0]!.Value.ToString());
    }

    private static string Unescaped(string json)
    {
        var escaped = Encoding.UTF8.GetBytes(json);
        var target = new byte[escaped.Length];
        return Encoding.UTF8.GetString(target, 0, JsonText.Unescape(escaped, target));
    }

    /// <summary>The text with every character in one of its legal spellings.</summary>
    private static string Escaped(string text, Random random)
    {
        var json = new StringBuilder();
        foreach (var c in text.EnumerateRunes())
        {
            var brief = "\"\\/\b\f\n\r\t".IndexOf((char)c.Value, StringComparison.Ordinal);
            if (brief >= 0 && c.IsBmp && random.Next(3) > 0)
            {
                json.Append('\\').Append("\"\\/bfnrt"[brief]);
            }
            else if (c.Value < 0x20 || c.Value is '"' or '\\' || random.Next(2) == 0)
            {
                foreach (var unit in c.ToString())
                {
                    json.Append("\\u").Append(((int)unit).ToString(random.Next(2) == 0 ? "x4" : "X4", CultureInfo.InvariantCulture));
                }
            }
            else
            {
                json.Append(c.ToString());
            }
        }

        return json.ToString();
    }
}
