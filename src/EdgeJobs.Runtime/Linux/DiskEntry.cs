using System.Runtime.InteropServices;
using EdgeJobs.Client;

namespace EdgeJobs.Runtime.Linux;

/// <summary>What the system knows about a file or directory; symbolic links are not followed.</summary>
internal readonly unsafe struct DiskEntry
{
    private const int NoFollow = 0x100;
    private const int KindMask = 0xF000;
    private const int PermissionMask = 0xFFF;
    private const int Sticky = 0x200;
    private const int GroupWrite = 0x10;
    private const int OthersWrite = 0x2;
    private readonly Libc.FileStatusEntry _status;

    private DiskEntry(in Libc.FileStatusEntry status) => _status = status;

    /// <summary>The user that it belongs to.</summary>
    public uint Owner => _status.User;

    /// <summary>Its length in bytes.</summary>
    public long Size => _status.Size;

    /// <summary>How many names it has.</summary>
    public uint Links => _status.Links;

    public bool IsDirectory => (_status.Mode & KindMask) == 0x4000;

    public bool IsFile => (_status.Mode & KindMask) == 0x8000;

    public bool IsDevice => (_status.Mode & KindMask) == 0x2000;

    public bool IsLink => (_status.Mode & KindMask) == 0xA000;

    /// <summary>Whether users of its group, or all, may write to it.</summary>
    public bool IsWritableByOthers => (_status.Mode & (GroupWrite | OthersWrite)) != 0;

    /// <summary>Whether others may put files of their own in the place of what is in this directory. The agent's own group and root's are trusted with that.</summary>
    public bool IsReplaceableByOthers =>
        (_status.Mode & Sticky) == 0
        && ((_status.Mode & OthersWrite) != 0 || ((_status.Mode & GroupWrite) != 0 && _status.Group != 0 && _status.Group != Libc.EffectiveGroup()));

    /// <summary>The permissions in octal, as chmod takes them.</summary>
    public string Octal => Convert.ToString(_status.Mode & PermissionMask, 8).PadLeft(4, '0');

    /// <summary>What it is, in words.</summary>
    public string Kind => (_status.Mode & KindMask) switch
    {
        0x4000 => "a directory",
        0x8000 => "a file",
        0xA000 => "a symbolic link",
        0x1000 => "a named pipe",
        0xC000 => "a socket",
        _ => "a device",
    };

    /// <summary>Whether it belongs to root, to a user, or to the user that this process acts as.</summary>
    public bool IsTrustedBy(uint user) => Owner == 0 || Owner == user || Owner == Libc.EffectiveUser();

    /// <summary>Reads what is known of a path.</summary>
    /// <param name="path">The path.</param>
    /// <param name="entry">What is known.</param>
    /// <returns>An error number, or 0.</returns>
    public static int Read(string path, out DiskEntry entry) => Read(JournalNative.WorkingDirectory, path, NoFollow, out entry);

    /// <summary>Reads what is known of an open file.</summary>
    /// <inheritdoc cref="Read(string, out DiskEntry)"/>
    public static int Read(int descriptor, out DiskEntry entry) => Read(descriptor, string.Empty, Libc.EmptyPath, out entry);

    /// <summary>A user's name for messages, as far as it is known; the number otherwise.</summary>
    public static string NameOf(uint user) => user == 0 ? "root" : user == Libc.EffectiveUser() ? OwnUser.Name : $"user {user}";

    private static int Read(int directory, string path, int flags, out DiskEntry entry)
    {
        Libc.FileStatusEntry status;
        int error = Libc.FileStatus(directory, path, flags, Libc.StatusBasics, &status) == 0 ? 0 : Marshal.GetLastPInvokeError();
        entry = error == 0 ? new DiskEntry(status) : default;
        return error;
    }
}
