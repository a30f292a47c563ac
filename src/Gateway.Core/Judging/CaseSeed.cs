using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Scoring;

namespace Gateway.Core.Judging;

/// <summary>Chance that is the same for the same item, judge and sample everywhere, and that nobody can foretell who does not know them all.</summary>
/// <param name="key">The item's key.</param>
/// <param name="sample">Which sample.</param>
internal sealed class CaseSeed(ScoreKey key, int sample)
{
    private const string Letters = "bcdfghjkmnpqrstvwxz";
    private const int LettersOfAName = 5;

    // A text of a few megabytes can hold all names of five letters: after so many that it holds, names get a letter more.
    private const int MostHeld = 8;

    /// <summary>Sixteen hexadecimal digits that none of the texts holds.</summary>
    public string Nonce(IReadOnlyCollection<string> texts)
    {
        for (var attempt = 0; ; attempt++)
        {
            var nonce = Convert.ToHexStringLower(Block("nonce", attempt)[..8]);
            if (!Hold(texts, [nonce]))
            {
                return nonce;
            }
        }
    }

    /// <summary>The numbers from 0 to <paramref name="count"/> - 1 in an order by chance.</summary>
    public int[] Order(int count, string purpose)
    {
        var order = Enumerable.Range(0, count).ToArray();
        for (var i = count - 1; i > 0; i--)
        {
            // 64 bits for a few thousand places: what the remainder prefers cannot be seen.
            var drawn = (int)(BinaryPrimitives.ReadUInt64LittleEndian(Block(purpose, i)) % (ulong)(i + 1));
            (order[i], order[drawn]) = (order[drawn], order[i]);
        }

        return order;
    }

    /// <summary>So many different names of five letters, or of more where the texts hold those, none of which the texts hold.</summary>
    public string[] Names(int count, IReadOnlyCollection<string> texts)
    {
        var names = new List<string>(count);
        // Hardly ever does a text hold one, so that all are looked for at once first.
        Draw(name => true);
        if (Hold(texts, [.. names]))
        {
            names.Clear();
            Draw(name => !Hold(texts, [name]));
        }

        return [.. names];

        void Draw(Func<string, bool> fits)
        {
            var held = 0;
            for (var i = 0; names.Count < count; i++)
            {
                var block = Block("names", i);
                var name = string.Create(Math.Min(block.Length, LettersOfAName + (held / MostHeld)), block, (letters, drawn) =>
                {
                    for (var at = 0; at < letters.Length; at++)
                    {
                        letters[at] = Letters[drawn[at] % Letters.Length];
                    }
                });
                if (!fits(name))
                {
                    held++;
                }
                else if (!names.Contains(name))
                {
                    names.Add(name);
                }
            }
        }
    }

    private static bool Hold(IReadOnlyCollection<string> texts, ReadOnlySpan<string> words)
    {
        var search = SearchValues.Create(words, StringComparison.OrdinalIgnoreCase);
        foreach (var text in texts)
        {
            if (text.AsSpan().ContainsAny(search))
            {
                return true;
            }
        }

        return false;
    }

    private byte[] Block(string purpose, int index) =>
        SHA256.HashData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key}/{sample}/{purpose}/{index}")));
}
