using EdgeJobs.Client;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Linux;

/// <summary>
/// Whether only the agent's user and root can change what is in a directory: its owner and mode, those of every directory above it, and the
/// owners of symbolic links on the way.
/// </summary>
internal static class ProtectedDirectory
{
    private const int MaxLinks = 40;

    /// <summary>Checks a directory that the agent keeps files in, and the way to it.</summary>
    /// <param name="path">The directory; it need not exist.</param>
    /// <param name="real">The path of it without symbolic links, as far as the check came.</param>
    /// <returns>What is wrong, and the command that fixes it; null when nothing is.</returns>
    public static string? FindFault(string path, out string real) => FindFault(path, Libc.EffectiveUser(), out real);

    /// <summary>The same for an agent that runs as another user.</summary>
    /// <param name="path">The directory; it need not exist.</param>
    /// <param name="user">The agent's user.</param>
    /// <param name="real">The path of it without symbolic links, as far as the check came.</param>
    /// <returns>What is wrong, and the command that fixes it; null when nothing is.</returns>
    public static string? FindFault(string path, uint user, out string real)
    {
        // Links lengthen what is still to be walked; what is behind is free of them.
        List<string> rest = Split(Path.GetFullPath(path));
        real = "/";
        int links = 0;
        while (rest.Count > 0)
        {
            string name = rest[^1];
            rest.RemoveAt(rest.Count - 1);
            if (name == "..")
            {
                real = Path.GetDirectoryName(real) ?? "/";
                continue;
            }

            string next = Path.Combine(real, name);
            int error = DiskEntry.Read(next, out DiskEntry entry);
            if (error == Libc.NoEntry)
            {
                rest.Reverse();
                real = Path.Combine([next, .. rest]);
                return null;
            }

            if (error != 0)
            {
                return $"{next} can't be looked at: {JournalNative.Describe(error)}";
            }

            if (entry.IsLink)
            {
                if (!entry.IsTrustedBy(user))
                {
                    return $"{next} is a symbolic link of {DiskEntry.NameOf(entry.Owner)}, who can let it lead anywhere; remove it: sudo rm {next}";
                }

                string target = new FileInfo(next).LinkTarget ?? string.Empty;
                if (++links > MaxLinks || target.Length == 0)
                {
                    return $"{next} is a symbolic link that leads nowhere; remove it: sudo rm {next}";
                }

                real = target[0] == '/' ? "/" : real;
                rest.AddRange(Split(target));
                continue;
            }

            real = next;
            if (rest.Count > 0 && CheckParent(next, entry, user) is { } fault)
            {
                return fault;
            }
        }

        return DiskEntry.Read(real, out DiskEntry last) == 0 ? Check(real, last, user) : $"{real} can't be looked at";
    }

    /// <summary>Checks a directory inside one that is protected.</summary>
    /// <param name="path">The directory.</param>
    /// <returns>What is wrong, and the command that fixes it; null when nothing is, also when it does not exist.</returns>
    public static string? FindFault(string path)
    {
        int error = DiskEntry.Read(path, out DiskEntry entry);
        return error == Libc.NoEntry ? null
            : error != 0 ? $"{path} can't be looked at: {JournalNative.Describe(error)}"
            : Check(path, entry, DiskEntry.Read(Path.GetDirectoryName(path) ?? "/", out DiskEntry above) == 0 ? above.Owner : 0);
    }

    private static string? Check(string path, in DiskEntry entry, uint user)
    {
        if (!entry.IsDirectory)
        {
            return $"{path} is {entry.Kind}, not a directory; move it away, or give another directory";
        }

        if (!entry.IsTrustedBy(user))
        {
            return $"{path} belongs to {DiskEntry.NameOf(entry.Owner)}, not to the user {OwnUser.Name}; run the agent as that user, or give the directory to this one: sudo chown {OwnUser.Owner} {path}";
        }

        return entry.IsWritableByOthers
            ? $"{path} can be written by others than its owner (mode {entry.Octal}), who may have left files in it; look what is in it, then run: sudo chmod 700 {path}"
            : null;
    }

    private static string? CheckParent(string path, in DiskEntry entry, uint user)
    {
        if (!entry.IsDirectory)
        {
            return $"{path} is {entry.Kind}, not a directory; give another directory";
        }

        if (!entry.IsTrustedBy(user))
        {
            return $"{path}, in which the directory is, belongs to {DiskEntry.NameOf(entry.Owner)}, who can put another one in its place; give a directory that nobody else can replace, such as {AgentSettings.DefaultDataDirectory}";
        }

        return entry.IsReplaceableByOthers
            ? $"{path}, in which the directory is, can be written by others than its owner (mode {entry.Octal}), who can put another one in its place; run: sudo chmod go-w {path}, or give another directory"
            : null;
    }

    /// <summary>The names of a path, the last one first.</summary>
    private static List<string> Split(string path)
    {
        List<string> names = [];
        foreach (string name in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (name != ".")
            {
                names.Insert(0, name);
            }
        }

        return names;
    }
}
