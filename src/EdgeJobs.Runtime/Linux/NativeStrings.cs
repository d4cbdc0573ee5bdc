using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>A null-terminated array of C strings, like <c>argv</c> and <c>envp</c>, in one block of native memory.</summary>
internal readonly unsafe ref struct NativeStrings : IDisposable
{
    private readonly void* _block;

    public NativeStrings(IReadOnlyList<string> strings)
    {
        int bytes = 0;
        for (int i = 0; i < strings.Count; i++)
        {
            bytes += Encoding.UTF8.GetByteCount(strings[i]) + 1;
        }

        int pointers = (strings.Count + 1) * sizeof(byte*);
        _block = NativeMemory.Alloc((nuint)(pointers + bytes));
        byte** array = (byte**)_block;
        Span<byte> text = new((byte*)_block + pointers, bytes);
        for (int i = 0; i < strings.Count; i++)
        {
            array[i] = (byte*)_block + pointers + bytes - text.Length;
            int written = Encoding.UTF8.GetBytes(strings[i], text);
            text[written] = 0;
            text = text[(written + 1)..];
        }

        array[strings.Count] = null;
    }

    public byte** Pointer => (byte**)_block;

    public void Dispose() => NativeMemory.Free(_block);
}
