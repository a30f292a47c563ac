using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Gateway.Core.Hardening.Folding;

/// <summary>One pass that tells which signs a text has: each byte's kinds are those that its lower and its higher four bits share.</summary>
internal static class SignScan
{
    private static readonly Vector128<byte> Low = Vector128.Create(
        (byte)SignKinds.Backticks, 0, (byte)SignKinds.Quotes, 0, 0, (byte)SignKinds.Codes, (byte)SignKinds.Codes, (byte)SignKinds.Quotes,
        0, 0, (byte)SignKinds.LineEnds, (byte)SignKinds.Openers, (byte)(SignKinds.Openers | SignKinds.Less), (byte)SignKinds.Closers, (byte)(SignKinds.Openers | SignKinds.Greater), 0);

    private static readonly Vector128<byte> High = Vector128.Create(
        (byte)SignKinds.LineEnds, 0, (byte)(SignKinds.Codes | SignKinds.Quotes), (byte)(SignKinds.Less | SignKinds.Greater), 0,
        (byte)(SignKinds.Openers | SignKinds.Closers), (byte)SignKinds.Backticks, (byte)(SignKinds.Openers | SignKinds.Closers), 0, 0, 0, 0, 0, 0, 0, 0);

    /// <summary>The kinds of all signs of a text that is followed by at least sixteen zeros.</summary>
    public static SignKinds Of(ReadOnlySpan<byte> padded, int length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(padded.Length, length + Vector128<byte>.Count);
        ref var from = ref MemoryMarshal.GetReference(padded);
        var lowest = Vector128.Create((byte)0xF);
        var (low, high) = (Low, High);
        var seen = Vector128<byte>.Zero;
        for (nuint at = 0; at < (nuint)length; at += (nuint)Vector128<byte>.Count)
        {
            var bytes = Vector128.LoadUnsafe(ref from, at);
            seen |= Vector128.ShuffleNative(low, bytes & lowest) & Vector128.ShuffleNative(high, (bytes.AsUInt16() >> 4).AsByte() & lowest);
        }

        var halves = seen.AsUInt64().ToScalar() | seen.AsUInt64().GetElement(1);
        halves |= halves >> 32;
        halves |= halves >> 16;
        return (SignKinds)(byte)(halves | (halves >> 8));
    }
}
