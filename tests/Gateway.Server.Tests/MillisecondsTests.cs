using System.Globalization;
using Gateway.Server.Telemetry;

namespace Gateway.Server.Tests;

/// <summary>Times in headers read as the framework would write them.</summary>
public sealed class MillisecondsTests
{
    [Theory]
    [InlineData(0, "0")]
    [InlineData(4, "0")]
    [InlineData(5, "0.001")]
    [InlineData(10, "0.001")]
    [InlineData(1_000, "0.1")]
    [InlineData(10_500, "1.05")]
    [InlineData(9_999_996, "1000")]
    [InlineData(12_345_670, "1234.567")]
    [InlineData(-70_000, "0")]
    public void Write_ATime_HasUpToThreeDecimals(long ticks, string expected) => Assert.Equal(expected, $"{new Milliseconds(TimeSpan.FromTicks(ticks))}");

    [Fact]
    public void Write_AnyTime_IsWhatTheFrameworkWrites()
    {
        var random = new Random(7);
        for (var i = 0; i < 10_000; i++)
        {
            var time = TimeSpan.FromMicroseconds(random.NextInt64(1L << random.Next(1, 48)));
            Assert.Equal(time.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture), $"{new Milliseconds(time)}");
        }
    }

    [Fact]
    public void Write_LittleRoom_AsksForMore()
    {
        for (var room = 0; room < 12; room++)
        {
            var text = new char[room];
            if (((ISpanFormattable)new Milliseconds(TimeSpan.FromMicroseconds(1_234_567))).TryFormat(text, out var written, "", null))
            {
                Assert.Equal("1234.567", text.AsSpan(0, written).ToString());
            }
            else
            {
                Assert.True(room < 8, $"{room} characters are enough");
            }
        }
    }
}
