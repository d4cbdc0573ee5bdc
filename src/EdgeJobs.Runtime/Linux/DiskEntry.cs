using System.Runtime.InteropServices;
using EdgeJobs.Client.Credentials;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Kind, owner, mode and size of a file or directory. Symbolic links are not followed.</summary>
internal readonly unsafe struct DiskEntry
{
    private const int NoFollow = 0x100;
    private const int KindMask = 0xF000;
    private const int PermissionMask = 0xFFF;
    private const int Sticky = 0x200;
    private const int GroupWrite = 0x10;
    private const int OthersWrite = 0x2;
    private const int AnyExecute = 0x49;
    private readonly Libc.FileStatusEntry _status;

    private DiskEntry(in Libc.FileStatusEntry status) => _status = status;

    public uint Owner => _status.User;

    public long Size => _status.Size;

    /// <summary>The number of hard links.</summary>
    public uint Links => _status.Links;

    public bool IsDirectory => (_status.Mode & KindMask) == 0x4000;

    public bool IsFile => (_status.Mode & KindMask) == 0x8000;

    public bool IsDevice => (_status.Mode & KindMask) == 0x2000;

    public bool IsLink => (_status.Mode & KindMask) == 0xA000;

    public bool IsSticky => (_status.Mode & Sticky) != 0;

    public bool IsExecutableByAny => (_status.Mode & AnyExecute) != 0;

    public bool IsWritableByOthers => (_status.Mode & (GroupWrite | OthersWrite)) != 0;

    /// <summary>Whether other users can replace the files of this directory. Root's group and the agent's group are trusted.</summary>
    public bool IsReplaceableByOthers =>
        !IsSticky
        && ((_status.Mode & OthersWrite) != 0
            || ((_status.Mode & GroupWrite) != 0 && _status.Group != 0 && _status.Group != Libc.EffectiveGroup()));

    /// <summary>The permissions in octal, as chmod takes them.</summary>
    public string Octal => Convert.ToString(_status.Mode & PermissionMask, 8).PadLeft(4, '0');

    public string Kind => (_status.Mode & KindMask) switch
    {
        0x4000 => "a directory",
        0x8000 => "a file",
        0xA000 => "a symbolic link",
        0x1000 => "a named pipe",
        0xC000 => "a socket",
        _ => "a device",
    };

    /// <summary>Whether it belongs to root, to this user, or to the effective user of the process.</summary>
    public bool IsTrustedBy(uint user) => Owner == 0 || Owner == user || Owner == Libc.EffectiveUser();

    /// <summary>statx(2) of a path.</summary>
    /// <returns>An error number, or 0.</returns>
    public static int Read(string path, out DiskEntry entry) => Read(Libc.WorkingDirectory, path, NoFollow, out entry);

    /// <summary>statx(2) of an open file.</summary>
    /// <inheritdoc cref="Read(string, out DiskEntry)"/>
    public static int Read(int descriptor, out DiskEntry entry) => Read(descriptor, string.Empty, Libc.EmptyPath, out entry);

    /// <summary>statx(2) of a name in an open directory.</summary>
    /// <inheritdoc cref="Read(string, out DiskEntry)"/>
    public static int ReadAt(int directory, string name, out DiskEntry entry) => Read(directory, name, NoFollow, out entry);

    /// <summary>A user for messages: the name of root and of the agent's user, the number of others.</summary>
    public static string NameOf(uint user) => user == 0 ? "root" : user == Libc.EffectiveUser() ? OwnUser.Name : $"user {user}";

    private static int Read(int directory, string path, int flags, out DiskEntry entry)
    {
        Libc.FileStatusEntry status;
        int error = Libc.FileStatus(directory, path, flags, Libc.StatusBasics, &status) == 0 ? 0 : Marshal.GetLastPInvokeError();
        entry = error == 0 ? new DiskEntry(status) : default;
        return error;
    }
}
