namespace EdgeJobs.Client.Credentials;

/// <summary>
/// Checks who can read or replace a private key. As in ssh, a key that every user can read or write is rejected. A group may read it: that
/// is how a service gets access to a key that root owns.
/// </summary>
internal static class KeyPermissions
{
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
    private const UnixFileMode AnyExecute = UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <summary>Checks a key file and its directories.</summary>
    public static IEnumerable<CredentialCheck> Check(FileStatus? facts, string file)
    {
        if (facts is not { } key)
        {
            yield return Result(CheckOutcome.Skipped, $"{file}: this system has no file modes");
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

    /// <summary>The fault of a secret file that every user can read or write; null if only owner and group can.</summary>
    public static string? OpenToOthers(FileStatus? facts, string file, string what)
    {
        if (facts is not { } open || (open.Mode & Others) == 0)
        {
            return null;
        }

        // FAT, for example the boot partition of a Raspberry Pi, gives every file the same mode, with execute permission.
        string place = (open.Mode & AnyExecute) == AnyExecute ? ", or move it to a file system with modes if this one has none" : "";
        return $"{file}: every user of this system may {((open.Mode & UnixFileMode.OtherRead) != 0 ? "read" : "change")} the {what} (mode "
            + $"{open.Octal}); run chmod 600 {file}{place}";
    }

    private static IEnumerable<string> Warnings(FileStatus key, string file)
    {
        if (!IsTrusted(key.Owner))
        {
            yield return $"{file}: the private key belongs to user {key.Owner}, who can read and change it; run chown {FileStatus.OwnUser} "
                + $"{file}";
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

    /// <summary>In a directory with the sticky bit, such as /tmp, users can't rename the files of others.</summary>
    private static string? WarningOf(string directory) =>
        FileStatus.Of(directory) is not { } facts ? null
        : !IsTrusted(facts.Owner)
            ? $"the directory {directory} belongs to user {facts.Owner}, who can put another key in its place; run chown "
                + $"{FileStatus.OwnUser} {directory}"
        : (facts.Mode & UnixFileMode.OtherWrite) != 0 && (facts.Mode & UnixFileMode.StickyBit) == 0
            ? $"every user of this system can put another key in its place (directory {directory}, mode {facts.Octal}); run chmod o-w "
                + $"{directory}"
        : null;

    private static string? Target(string path)
    {
        try
        {
            return File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The link changed after the file was read: there is nothing to check.
            return null;
        }
    }

    private static bool IsTrusted(uint user) => user == 0 || user == FileStatus.OwnUser;

    private static string Owner(uint user) => user == 0 ? "root" : "this user";

    private static CredentialCheck Result(CheckOutcome outcome, string message) => new(CredentialAspect.KeyPermissions, outcome, message);
}
