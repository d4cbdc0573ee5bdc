using System.Runtime.InteropServices;

namespace EdgeJobs.Runtime.Linux;

/// <summary>An entry of the user database.</summary>
internal sealed unsafe record LocalUser(string Name, uint Id, uint GroupId, string HomeDirectory, string Shell)
{
    private const int FirstBufferBytes = 1024;
    private const int MaxBufferBytes = 1024 * 1024;

    /// <summary>Looks up a user with getpwnam_r(3); null when there is none.</summary>
    public static LocalUser? Find(string name)
    {
        for (int size = FirstBufferBytes; size <= MaxBufferBytes; size *= 4)
        {
            void* buffer = NativeMemory.Alloc((nuint)size);
            try
            {
                Libc.PasswordEntry entry;
                Libc.PasswordEntry* found;
                int error = Libc.FindUser(name, &entry, (byte*)buffer, (nuint)size, &found);
                if (error == Libc.RangeTooSmall)
                {
                    continue;
                }

                return found == null
                    ? null
                    : new LocalUser(name, entry.UserId, entry.GroupId, Text(entry.HomeDirectory), Text(entry.Shell));
            }
            finally
            {
                NativeMemory.Free(buffer);
            }
        }

        return null;
    }

    private static string Text(byte* text) => Marshal.PtrToStringUTF8((nint)text) ?? string.Empty;
}
