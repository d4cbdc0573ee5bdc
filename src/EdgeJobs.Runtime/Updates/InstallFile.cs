using EdgeJobs.Runtime.Jobs;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Updates;

/// <summary>Opens the archive or the package of an installation, and checks who can change it, its checksum and its signature.</summary>
internal static class InstallFile
{
    /// <summary>Opens the file of an installation.</summary>
    /// <returns>The file, whose descriptor keeps what is checked.</returns>
    /// <exception cref="UpdateFailure">It can't be opened, is not trusted, or is another file.</exception>
    public static PartialFile Open(StepAction.Install plan, DownloadOptions options, CancellationToken cancellationToken)
    {
        using TargetFile place = TargetFile.Open(plan.File, root: null);
        if (place.Existing() is not { } entry)
        {
            throw new UpdateFailure($"{plan.File} does not exist; download it in a step before this one");
        }

        if (entry.IsLink)
        {
            throw new UpdateFailure($"{plan.File} is a symbolic link; name the file itself");
        }

        PartialFile file = PartialFile.OpenWhole(place, plan.Signature is { IsSha384: true }, cancellationToken)
            ?? throw new UpdateFailure($"{plan.File} can't be opened; give the agent's user read access");
        try
        {
            Check(file, plan, options);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    private static void Check(PartialFile file, StepAction.Install plan, DownloadOptions options)
    {
        // Another user could exchange the content after the check.
        _ = DiskEntry.Read(file.Descriptor, out DiskEntry entry);
        if (!entry.IsTrustedBy(Libc.EffectiveUser()) || entry.IsWritableByOthers)
        {
            string whose = $"mode {entry.Octal}, owner {DiskEntry.NameOf(entry.Owner)}";
            throw new UpdateFailure(
                $"{plan.File} can be changed by users other than the agent's ({whose}); download it without owner and with a mode such as "
                + "644");
        }

        if (plan.Sha256 is { } expected && file.Checksum() is var actual && actual != expected)
        {
            throw new UpdateFailure($"the SHA-256 of {plan.File} is {actual} instead of {expected}; nothing is changed");
        }

        if (plan.Signature is not { } signature)
        {
            return;
        }

        byte[] bytes = FileSignature.Decode(signature.Value)
            ?? throw new UpdateFailure("the signature in the document is not valid base64");
        byte[] hash = signature.IsSha384 ? file.Sha384() : file.Sha256();
        if (TrustedKeys.FindFault(options.TrustedKeys, signature, bytes, hash) is { } fault)
        {
            throw new UpdateFailure($"{fault}; nothing is changed");
        }
    }
}
