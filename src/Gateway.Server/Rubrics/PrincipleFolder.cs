using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Gateway.Core.Rubrics;

namespace Gateway.Server.Rubrics;

/// <summary>The folder of principles: looked at as a whole, by content, so that links that move and clocks that lie are no matter.</summary>
/// <param name="path">Its full path.</param>
internal sealed class PrincipleFolder(string path)
{
    private const string Readme = "README.md";

    /// <summary>The most principles of a catalogue.</summary>
    public const int MostFiles = 1_000;

    /// <summary>The principles' files, sorted by name. Hidden ones are left out, since editors put their own there.</summary>
    public IReadOnlyList<SeenFile> Look()
    {
        try
        {
            return [.. new DirectoryInfo(path).EnumerateFiles()
                .Where(file => file.Name.EndsWith(PrincipleFile.Extension, StringComparison.OrdinalIgnoreCase) && file.Name[0] != '.' && !file.Name.Equals(Readme, StringComparison.OrdinalIgnoreCase))
                .OrderBy(file => file.Name, StringComparer.Ordinal)
                .Take(MostFiles + 1)
                .Select(Read)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [new SeenFile("", [], "the folder cannot be read; it must be there, and readable to the gateway.")];
        }
    }

    /// <summary>A digest of what was seen: equal where nothing changed.</summary>
    public static string Fingerprint(IReadOnlyList<SeenFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in files)
        {
            Append(Encoding.UTF8.GetBytes(file.Name));
            Append(file.Bytes);
            Append(Encoding.UTF8.GetBytes(file.Fault ?? ""));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());

        void Append(ReadOnlySpan<byte> field)
        {
            Span<byte> length = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(length, field.Length);
            hash.AppendData(length);
            hash.AppendData(field);
        }
    }

    private static SeenFile Read(FileInfo file)
    {
        try
        {
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            // Pipes and devices have no length, and would keep a reader waiting for ever.
            return target.Length == 0
                ? new SeenFile(file.Name, [], "it is empty, or no plain file; write the principle, or delete it.")
                : new SeenFile(file.Name, Bytes(target), null);
        }
        catch (UnauthorizedAccessException)
        {
            return new SeenFile(file.Name, [], "the gateway may not read it; make it readable.");
        }
        catch (IOException)
        {
            return new SeenFile(file.Name, [], "it cannot be read; where it is a link, it must lead to a file.");
        }
    }

    private static byte[] Bytes(FileInfo file)
    {
        using var stream = file.OpenRead();
        var bytes = new byte[(int)Math.Min(stream.Length, PrincipleFile.MostBytes + 1)];
        return bytes[..stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
    }
}
