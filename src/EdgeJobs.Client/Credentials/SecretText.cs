using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace EdgeJobs.Client.Credentials;

/// <summary>The text of a file that may be secret, in pinned memory that <see cref="Dispose"/> wipes.</summary>
internal sealed class SecretText : IDisposable
{
    private readonly char[] _characters;
    private readonly int _length;

    /// <summary>Decodes the text. The caller wipes the bytes.</summary>
    public SecretText(ReadOnlySpan<byte> utf8, FileStatus? file)
    {
        _characters = GC.AllocateUninitializedArray<char>(Encoding.UTF8.GetMaxCharCount(utf8.Length), pinned: true);
        _length = Encoding.UTF8.GetChars(utf8, _characters);
        File = file;
    }

    /// <summary>Mode and owner of the file; null if unknown.</summary>
    public FileStatus? File { get; }

    /// <summary>The text, without a byte order mark.</summary>
    public ReadOnlySpan<char> Text => _characters.AsSpan(0, _length).TrimStart('\uFEFF');

    /// <summary>The text without the line break at its end that editors and echo add.</summary>
    public ReadOnlySpan<char> Line
    {
        get
        {
            ReadOnlySpan<char> text = Text;
            return text switch
            {
                [.. ReadOnlySpan<char> line, '\r', '\n'] => line,
                [.. ReadOnlySpan<char> line, '\n'] => line,
                _ => text,
            };
        }
    }

    /// <inheritdoc/>
    public void Dispose() => CryptographicOperations.ZeroMemory(MemoryMarshal.AsBytes(_characters.AsSpan()));
}
