namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Who can read a private key, or put another in its place. What every user of the system may read or write is refused, as
/// ssh does; a group may read, as that is how a service is given a key of root's.
/// </summary>
internal static class KeyPermissions
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Looks at a key file and where it lies.</summary>
    public static IEnumerable<CredentialCheck> Check(FileStatus? facts, string file)
    {
        if (facts is not { } key)
        {
            yield return Result(CheckOutcome.Skipped, $"{file}: this system tells no permissions");
            yield break;
        }

        if (OpenToOthers(key, file, "private key") is { } open)
        {
            yield return Result(CheckOutcome.Failed, open);
            yield break;
        }

        bool warned = false;
        foreach (string warning in Warnings(key, file))
        {
            warned = true;
            yield return Result(CheckOutcome.Warning, warning);
        }

        if (!warned)
        {
            yield return Result(CheckOutcome.Passed, $"{file}: mode {key.Octal}, owned by {Owner(key.Owner)}");
        }
    }

    /// <summary>What to say of a secret file that every user may read or write; null when none but owner and group can.</summary>
    public static string? OpenToOthers(FileStatus? facts, string file, string what)
    {
        if (facts is not { } open || (open.Mode & Others) == 0)
        {
            return null;
        }

        // FAT, as on the boot partition of a Raspberry Pi, gives every file the same mode, with execute permission.
        string place = (open.Mode & AnyExecute) == AnyExecute ? ", or move it to a file system that keeps modes when this one does not" : "";
        return $"{file}: every user of this system may {((open.Mode & UnixFileMode.OtherRead) != 0 ? "read" : "change")} the {what} (mode {open.Octal}); run chmod 600 {file}{place}";
    }

    private static IEnumerable<string> Warnings(FileStatus key, string file)
    {
        if (!IsTrusted(key.Owner))
        {
            yield return $"{file}: the private key belongs to user {key.Owner}, who can read and change it; run chown {FileStatus.OwnUser} {file}";
        }

        if ((key.Mode & UnixFileMode.GroupWrite) != 0)
        {
            yield return $"{file}: the file's group may change the private key (mode {key.Octal}); run chmod g-w {file}";
        }

        string path = Path.GetFullPath(file);
        string? target = Target(path);
        foreach (string? directory in (ReadOnlySpan<string?>)[Path.GetDirectoryName(path), Path.GetDirectoryName(target)])
        {
            if (directory is not null && WarningOf(directory) is { } warning)
            {
                yield return $"{file}: {warning}";
                yield break;
            }
        }
    }

    /// <summary>In a directory such as /tmp, with the sticky bit, nobody can rename what is another's.</summary>
    private static string? WarningOf(string directory) =>
        FileStatus.Of(directory) is not { } facts ? null
        : !IsTrusted(facts.Owner)
            ? $"the directory {directory} belongs to user {facts.Owner}, who can put another key in its place; run chown {FileStatus.OwnUser} {directory}"
        : (facts.Mode & UnixFileMode.OtherWrite) != 0 && (facts.Mode & UnixFileMode.StickyBit) == 0
            ? $"every user of this system can put another key in its place (directory {directory}, mode {facts.Octal}); run chmod o-w {directory}"
        : null;

    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It was read a moment ago: what can't be followed now can't be judged.
            return null;
        }
    }

    private static bool IsTrusted(uint user) => user == 0 || user == FileStatus.OwnUser;

    private static string Owner(uint user) => user == 0 ? "root" : "this user";

    private static CredentialCheck Result(CheckOutcome outcome, string message) => new(CredentialAspect.KeyPermissions, outcome, message);
}
