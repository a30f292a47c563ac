using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Gateway.Core.Hardening;
using Gateway.Core.Rubrics;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

/// <summary>Every field counts, whatever the lengths: against a plain hash of the documented layout, and by changing one thing at a time.</summary>
public sealed class ScoreKeyFieldTests
{
    private static readonly Gen<string> Short = Gen.String[Gen.Char["abé"], 0, 4];
    private static readonly Gen<ItemBody> Bodies = Gen.OneOf<ItemBody>(
        Gen.Select(Gen.Select(Short, Short).Array[0, 3], Short.Array[0, 3], (prompt, responses) =>
            (ItemBody)Texts.Conversation([.. prompt.Select(turn => new Message(turn.Item1, new Utf8Text(turn.Item2)))], responses).Body),
        Gen.Select(Short, Short.Null(), (text, prompt) => (ItemBody)Texts.Templated(text, prompt)),
        Gen.Int.Array[0, 4].Select(ids => (ItemBody)new ItemBody.TokenIds(ids)));

    [Fact]
    public void Of_TwoItems_AreEqualOnlyWhereEveryFieldIs() =>
        Gen.Select(Bodies, Bodies, Short, Short, Short, Short).Sample((one, other, revision, otherRevision, policy, otherPolicy) =>
        {
            var same = Layout(one, revision, policy).AsSpan().SequenceEqual(Layout(other, otherRevision, otherPolicy));
            Assert.Equal(same, KeyOf(one, revision, policy) == KeyOf(other, otherRevision, otherPolicy));
            Assert.Equal(KeyOf(one, revision, policy), KeyOf(one, revision, policy));
        });

    [Fact]
    public void Of_OneThingChanged_IsAnotherKey() => Gen.Select(Bodies, Short, Short, Gen.Int[0, 100]).Sample((body, revision, policy, at) =>
    {
        var key = KeyOf(body, revision, policy);
        Assert.NotEqual(key, KeyOf(body, revision + "x", policy));
        Assert.NotEqual(key, KeyOf(body, revision, policy + "x"));
        Assert.NotEqual(key, KeyOf(body, "x" + revision, policy));
        Assert.All(Changed(body, at), changed => Assert.NotEqual(key, KeyOf(changed, revision, policy)));
    });

    [Fact]
    public void Of_TextsOfAnyLength_IsThePlainHashOfTheLayout() =>
        Gen.Select(Gen.Int[0, 40_000].Array[0, 4], Gen.Int[0, 40_000].Array[0, 3], Gen.Int[0, 6_000]).Sample(
            (turns, responses, role) =>
            {
                var body = Texts.Conversation(
                    [.. turns.Select(length => new Message(new string('r', role), new Utf8Text(new string('p', length))))], [.. responses.Select(length => new string('é', length))]).Body;
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Layout(body, "r", "p"))), KeyOf(body, "r", "p").ToString());
            },
            iter: 200);

    [Fact]
    public void Of_AfterATextThatCannotBeRead_IsAsBefore()
    {
        var whole = Texts.Conversation([], new string('x', 50_000)).Body;
        var before = KeyOf(whole, "r", "p");
        var lease = new TextLease();
        var broken = new ItemBody.Conversation([new Message("user", new Utf8Text(new string('y', 50_000))), new Message("user", lease.Text("gone"))], []);
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => KeyOf(broken, "r", "p"));

        Assert.Equal(before, KeyOf(whole, "r", "p"));
    }

    [Fact]
    public void Of_AnyPartOfGuidanceChanged_IsAnotherKey()
    {
        var criterion = new Criterion("a", "Is it?", 1, Criterion.YesOrNo, IsPitfall: false);
        var rubric = new Rubric(new ScoreScale(1, 5, []), [criterion]);
        Guidance[] all =
        [
            new(null, null, null, true),
            new(new Utf8Text(""), null, null, false),
            new(new Utf8Text("x"), null, null, false),
            new(null, Principle.Inline("x"), null, false),
            new(null, Principle.Inline("x", rubric), null, false),
            .. Rubrics(rubric, criterion).Select(changed => new Guidance(null, null, changed, false)),
        ];
        var keys = all.Cast<Guidance?>().Append(null).Select(guidance =>
            ScoreKey.Of(new HardenedItem(new ScoreItem(Texts.Conversation([], "r").Body, guidance), "p", []), "r")).ToArray();

        Assert.Equal(keys.Length, keys.Distinct().Count());
    }

    [Fact]
    public void Digest_OfAPrinciple_IsOfWhatAJudgeSees()
    {
        var named = new Principle("name", 3, "Title", "Text", null, ["pairwise"]);

        Assert.Equal(Principle.Inline("Text").Digest, named.Digest);
        Assert.NotEqual(Principle.Inline("Text"), named);
    }

    private static IEnumerable<Rubric> Rubrics(Rubric rubric, Criterion criterion) =>
    [
        rubric,
        rubric with { Scale = null },
        rubric with { Scale = new ScoreScale(0, 5, []) },
        rubric with { Scale = new ScoreScale(1, 6, []) },
        rubric with { Scale = new ScoreScale(1, 5, [""]) },
        rubric with { Criteria = [] },
        rubric with { Criteria = [criterion, criterion] },
        rubric with { Criteria = [criterion with { Name = "b" }] },
        rubric with { Criteria = [criterion with { Question = "Is it not?" }] },
        rubric with { Criteria = [criterion with { Weight = 2 }] },
        rubric with { Criteria = [criterion with { Choices = ["no", "partly", "yes"] }] },
        rubric with { Criteria = [criterion with { IsPitfall = true }] },
    ];

    private static ScoreKey KeyOf(ItemBody body, string revision, string policy) => ScoreKey.Of(new HardenedItem(new ScoreItem(body), policy, []), revision);

    /// <summary>The item with one field changed, for each of its fields.</summary>
    private static IEnumerable<ItemBody> Changed(ItemBody body, int at)
    {
        switch (body)
        {
            case ItemBody.Conversation(var prompt, var responses):
                yield return new ItemBody.Conversation([.. prompt, new Message("", default)], responses);
                yield return new ItemBody.Conversation(prompt, [.. responses, default]);
                if (prompt.Count > 0)
                {
                    var turn = prompt[at % prompt.Count];
                    yield return new ItemBody.Conversation(Put(prompt, at, turn with { Role = turn.Role + "x" }), responses);
                    yield return new ItemBody.Conversation(Put(prompt, at, turn with { Content = Longer(turn.Content) }), responses);
                    yield return new ItemBody.Conversation([.. prompt.SkipLast(1)], responses);
                }

                if (responses.Count > 0)
                {
                    yield return new ItemBody.Conversation(prompt, Put(responses, at, Longer(responses[at % responses.Count])));
                    yield return new ItemBody.Conversation(prompt, [.. responses.SkipLast(1)]);
                }

                break;
            case ItemBody.Templated(var text, var prompt):
                yield return new ItemBody.Templated(Longer(text), prompt);
                yield return new ItemBody.Templated(text, prompt is null ? default(Utf8Text) : null);
                yield return new ItemBody.Templated(text, Longer(prompt ?? default));
                break;
            case ItemBody.TokenIds(var ids):
                yield return new ItemBody.TokenIds([.. ids, 0]);
                if (ids.Count > 0)
                {
                    yield return new ItemBody.TokenIds(Put(ids, at, unchecked(ids[at % ids.Count] + 1)));
                }

                break;
        }
    }

    private static Utf8Text Longer(Utf8Text text) => new(text + "x");

    private static List<T> Put<T>(IReadOnlyList<T> list, int at, T value)
    {
        List<T> changed = [.. list];
        changed[at % list.Count] = value;
        return changed;
    }

    /// <summary>What <see cref="ScoreKey"/> says that it hashes, written out.</summary>
    private static byte[] Layout(ItemBody body, string revision, string policy)
    {
        var bytes = new List<byte>();
        Number(ScoreKey.Version);
        Text(Encoding.UTF8.GetBytes(revision));
        Text(Encoding.UTF8.GetBytes(policy));
        Number(0);
        switch (body)
        {
            case ItemBody.Conversation(var prompt, var responses):
                Number(1);
                Number(prompt.Count);
                foreach (var (role, content) in prompt)
                {
                    Text(Encoding.UTF8.GetBytes(role));
                    Text(content.Span);
                }

                Number(responses.Count);
                foreach (var response in responses)
                {
                    Text(response.Span);
                }

                break;
            case ItemBody.Templated(var text, var prompt):
                Number(2);
                Text(text.Span);
                Number(prompt is null ? 0 : 1);
                Text((prompt ?? default).Span);
                break;
            case ItemBody.TokenIds(var ids):
                Number(3);
                Number(ids.Count);
                foreach (var id in ids)
                {
                    Number(id);
                }

                break;
        }

        return [.. bytes];

        void Number(int value)
        {
            Span<byte> four = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(four, value);
            bytes.AddRange(four);
        }

        void Text(ReadOnlySpan<byte> value)
        {
            Number(value.Length);
            bytes.AddRange(value);
        }
    }
}
