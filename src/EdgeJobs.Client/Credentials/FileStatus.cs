using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Client.Credentials;

/// <summary>Who may do what with a file.</summary>
/// <param name="Mode">The permissions.</param>
/// <param name="Owner">The user it belongs to.</param>
internal readonly partial record struct FileStatus(UnixFileMode Mode, uint Owner)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint Basics = 0x7FF;

    /// <summary>The user that this process acts as.</summary>
    public static uint OwnUser => OperatingSystem.IsLinux() ? EffectiveUser() : 0;

    /// <summary>The permissions in octal, as chmod takes them.</summary>
    public string Octal => Convert.ToString((int)Mode, 8);

    /// <summary>Of an open file; null where files have no such facts.</summary>
    public static unsafe FileStatus? Of(SafeFileHandle file)
    {
        bool held = false;
        try
        {
            file.DangerousAddRef(ref held);
            return Read((int)file.DangerousGetHandle(), string.Empty, EmptyPath);
        }
        finally
        {
            if (held)
            {
                file.DangerousRelease();
            }
        }
    }

    /// <summary>Of what a path leads to; null when it leads nowhere.</summary>
    public static FileStatus? Of(string path) => Read(CurrentDirectory, path, 0);

    private static unsafe FileStatus? Read(int directory, string path, int flags)
    {
        Status status;
        return OperatingSystem.IsLinux() && FileStatus(directory, path, flags, Basics, &status) == 0
            ? new FileStatus((UnixFileMode)(status.Mode & 0xFFF), status.User)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int FileStatus(int directory, string path, int flags, uint mask, Status* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();

    /// <summary>The beginning of <c>struct statx</c>, which is the same on every machine.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
