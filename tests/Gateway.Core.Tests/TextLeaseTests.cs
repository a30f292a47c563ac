using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class TextLeaseTests
{
    [Fact]
    public void Commit_ManyTexts_KeepsEachApart() =>
        Texts.Any.Array[0, 60].Sample(texts =>
        {
            using var lease = new TextLease();
            var leased = texts.Select(lease.Text).ToArray();
            Assert.Equal(texts, leased.Select(text => text.ToString()));
        });

    [Fact]
    public void Reserve_MoreThanOneBlock_KeepsEarlierTexts()
    {
        using var lease = new TextLease();
        var texts = Enumerable.Range(0, 300).Select(i => lease.Text(new string((char)('a' + (i % 26)), 1000 + i))).ToArray();

        for (var i = 0; i < texts.Length; i++)
        {
            Assert.Equal(new string((char)('a' + (i % 26)), 1000 + i), texts[i].ToString());
        }
    }

    [Fact]
    public void Reserve_LargerThanABlock_HasRoom()
    {
        using var lease = new TextLease();
        var before = lease.Text("before");
        var size = 5 * 1024 * 1024;
        lease.Reserve(size).Fill((byte)'x');
        var large = lease.Commit(size);
        var after = lease.Text("after");

        Assert.Equal(size, large.Length);
        Assert.Equal(-1, large.Span.IndexOfAnyExcept((byte)'x'));
        Assert.Equal(("before", "after"), (before.ToString(), after.ToString()));
    }

    [Fact]
    public void Reserve_SizeAsked_IsTheSpansLength()
    {
        using var lease = new TextLease();

        Assert.Equal(10, lease.Reserve(10).Length);
        Assert.Equal(0, lease.Reserve(0).Length);
    }

    [Fact]
    public void Commit_LessThanReserved_GivesTheRestToTheNextText()
    {
        using var lease = new TextLease();
        "short......"u8.CopyTo(lease.Reserve(11));
        var first = lease.Commit(5);
        var second = lease.Text("next");

        Assert.Equal(("short", "next"), (first.ToString(), second.ToString()));
    }

    [Fact]
    public void Commit_MoreThanReserved_Refuses()
    {
        using var lease = new TextLease();
        lease.Reserve(4);

        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Commit(5));
    }

    [Fact]
    public void Commit_Twice_Refuses()
    {
        using var lease = new TextLease();
        lease.Reserve(4);
        lease.Commit(2);

        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Commit(2));
    }

    [Fact]
    public void Commit_WithoutReserve_IsEmptyOrRefused()
    {
        using var lease = new TextLease();

        Assert.True(lease.Commit(0).IsEmpty);
        Assert.Throws<ArgumentOutOfRangeException>(() => lease.Commit(1));
    }

    [Fact]
    public void Dispose_Twice_GivesEachBlockBackOnce()
    {
        var lease = new TextLease();
        lease.Text("gone");
        lease.Dispose();
        lease.Dispose();

        // A block given back twice would be rented to both of these.
        using var first = new TextLease();
        using var second = new TextLease();
        var one = first.Text("one");
        var two = second.Text("two");
        Assert.Equal(("one", "two"), (one.ToString(), two.ToString()));
    }

    [Fact]
    public void Borrow_Bytes_AreNotCopiedAndEndWithTheLease()
    {
        var bytes = "borrowed"u8.ToArray();
        Utf8Text text;
        using (var lease = new TextLease())
        {
            text = lease.Borrow(bytes.AsMemory(0, 6));
            Assert.True(text.Span == bytes.AsSpan(0, 6));
            Assert.True(text.IsLeased);
            var owned = text.ToOwned();
            bytes[0] = (byte)'B';
            Assert.Equal(("Borrow", "borrow"), (text.ToString(), owned.ToString()));
        }

        Assert.Throws<ObjectDisposedException>(() => text.ToString());
    }

    [Fact]
    public void Dispose_Unused_IsFine()
    {
        var lease = new TextLease();
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => lease.Reserve(1));
        Assert.Throws<ObjectDisposedException>(() => lease.Commit(0));
        Assert.Throws<ObjectDisposedException>(() => lease.Borrow(default));
    }

    [Fact]
    public void Span_ManyReadersAtOnce_ReadTheSame()
    {
        using var lease = new TextLease();
        var texts = Enumerable.Range(0, 200).Select(i => lease.Text($"text {i} {new string('é', i)}")).ToArray();

        Parallel.For(0, 2000, i =>
        {
            var n = i % texts.Length;
            Assert.Equal($"text {n} {new string('é', n)}", texts[n].ToString());
        });
    }
}
