using System.Runtime.CompilerServices;

namespace Gateway.Onnx.Tokens;

/// <summary>Which arrays a worker keeps from item to item: one huge text must not hold its memory for the life of the process.</summary>
internal static class WorkingMemory
{
    private const long MostBytes = 4 * 1024 * 1024;

    /// <summary>Whether so many elements take more memory than a worker keeps.</summary>
    public static bool IsLarge<T>(int length) where T : struct => (long)length * Unsafe.SizeOf<T>() > MostBytes;

    /// <summary>Puts an array of the first size in the place of a large one, whose content is lost; true where it did.</summary>
    public static bool Release<T>(ref T[] array, int firstLength) where T : struct
    {
        if (!IsLarge<T>(array.Length))
        {
            return false;
        }

        array = new T[firstLength];
        return true;
    }
}
