using CsCheck;
using Gateway.Core.Scoring;

namespace Gateway.Core.Tests;

public sealed class Utf8TextTests
{
    [Fact]
    public void Constructor_AnyText_ReadsBackTheSame() => Texts.Any.Sample(text => new Utf8Text(text).ToString() == text);

    // In the method, since attributes hold UTF-8 and so no lone surrogate.
    [Fact]
    public void Constructor_LoneSurrogate_BecomesOneReplacementCharacter()
    {
        Assert.Equal("\uFFFD", new Utf8Text("\uD83D").ToString());
        Assert.Equal("\uFFFD", new Utf8Text("\uDE00").ToString());
        Assert.Equal("a\uFFFDb", new Utf8Text("a\uD83Db").ToString());
        Assert.Equal("\uFFFD\uFFFD", new Utf8Text("\uDE00\uD83D").ToString());
        Assert.Equal("\uFFFD😀", new Utf8Text("\uD83D\uD83D\uDE00").ToString());
        Assert.Equal("😀", new Utf8Text("\uD83D\uDE00").ToString());
    }

    [Theory]
    [InlineData(new byte[] { 0xFF })]
    [InlineData(new byte[] { 0xC3 })]
    [InlineData(new byte[] { 0x80 })]
    [InlineData(new byte[] { 0xC0, 0xAF })]
    [InlineData(new byte[] { 0xED, 0xA0, 0x80 })]
    [InlineData(new byte[] { 0xF4, 0x90, 0x80, 0x80 })]
    [InlineData(new byte[] { 0x61, 0xE2, 0x82 })]
    public void Copy_IllFormedBytes_Refuses(byte[] bytes) => Assert.Throws<ArgumentException>(() => Utf8Text.Copy(bytes));

    [Fact]
    public void Copy_SourceChangedLater_KeepsItsOwnBytes()
    {
        var bytes = "score"u8.ToArray();
        var text = Utf8Text.Copy(bytes);
        bytes[0] = (byte)'x';

        Assert.Equal("score", text.ToString());
        Assert.False(text.IsLeased);
    }

    [Fact]
    public void Default_IsTheEmptyText()
    {
        Utf8Text none = default;

        Assert.True(none.IsEmpty);
        Assert.Equal(0, none.Length);
        Assert.Equal("", none.ToString());
        Assert.Equal(new Utf8Text(""), none);
        Assert.Equal(new Utf8Text("").GetHashCode(), none.GetHashCode());
    }

    [Fact]
    public void ToOwned_LeasedText_SurvivesTheLease()
    {
        var lease = new TextLease();
        var leased = lease.Text("kept");
        var owned = leased.ToOwned();
        lease.Dispose();

        Assert.False(owned.IsLeased);
        Assert.Equal("kept", owned.ToString());
        Assert.Throws<ObjectDisposedException>(() => leased.ToString());
    }

    [Fact]
    public void ToOwned_OwnedText_CopiesNothing()
    {
        var text = new Utf8Text("kept");

        Assert.True(text.Span.Overlaps(text.ToOwned().Span));
    }

    [Fact]
    public void Span_AfterTheLease_ThrowsFromEveryReader()
    {
        var lease = new TextLease();
        var text = lease.Text("gone");
        var slice = text.Slice(1, 2);
        lease.Dispose();

        Assert.Throws<ObjectDisposedException>(() => text.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => slice.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => text.ToOwned());
        Assert.Throws<ObjectDisposedException>(() => text.ToString());
        Assert.Throws<ObjectDisposedException>(() => text.GetHashCode());
        Assert.Throws<ObjectDisposedException>(() => text == new Utf8Text("gone"));
    }

    [Fact]
    public void Slice_AnyPart_HasTheBytesAndTheOwner() =>
        Texts.Any.SelectMany(text => Gen.Int[0, new Utf8Text(text).Length].Select(start => (text, start))).Sample((text, start) =>
        {
            using var lease = new TextLease();
            foreach (var whole in (Utf8Text[])[new Utf8Text(text), lease.Text(text)])
            {
                var tail = whole.Slice(start);
                Assert.True(tail.Span.SequenceEqual(whole.Span[start..]));
                Assert.True(whole.Slice(0, start).Span.SequenceEqual(whole.Span[..start]));
                Assert.Equal(whole.IsLeased, tail.IsLeased);
            }
        });

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(4, 0)]
    [InlineData(1, 3)]
    public void Slice_OutsideTheText_Throws(int start, int length) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Utf8Text("abc").Slice(start, length));

    [Fact]
    public void Equals_SameBytesOfOtherOwner_AreEqual()
    {
        using var lease = new TextLease();
        var leased = lease.Text("Grüße");
        var owned = new Utf8Text("Grüße");

        Assert.True(leased == owned);
        Assert.False(leased != owned);
        Assert.True(leased.Equals((object)owned));
        Assert.False(leased.Equals("Grüße"));
        Assert.Equal(owned.GetHashCode(), leased.GetHashCode());
        Assert.NotEqual(owned, new Utf8Text("Gruße"));
    }
}
