using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace EdgeJobs.Client.Credentials;

/// <summary>The mode and owner of a file.</summary>
internal readonly partial record struct FileStatus(UnixFileMode Mode, uint Owner)
{
    private const int CurrentDirectory = -100;
    private const int EmptyPath = 0x1000;
    private const uint Basics = 0x7FF;

    /// <summary>The effective user id of this process.</summary>
    public static uint OwnUser => OperatingSystem.IsLinux() ? EffectiveUser() : 0;

    /// <summary>The mode in octal, as chmod accepts it.</summary>
    public string Octal => Convert.ToString((int)Mode, 8);

    /// <summary>Of an open file; null if the system has no file modes.</summary>
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

    /// <summary>Of the target of a path; null if it does not exist.</summary>
    public static FileStatus? Of(string path) => Read(CurrentDirectory, path, 0);

    private static unsafe FileStatus? Read(int directory, string path, int flags)
    {
        Status status;
        return OperatingSystem.IsLinux() && Statx(directory, path, flags, Basics, &status) == 0
            ? new FileStatus((UnixFileMode)(status.Mode & 0xFFF), status.User)
            : null;
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static unsafe partial int Statx(int directory, string path, int flags, uint mask, Status* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint EffectiveUser();

    /// <summary>The start of <c>struct statx</c>, which is the same on every architecture.</summary>
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(28)]
        public ushort Mode;
    }
}
