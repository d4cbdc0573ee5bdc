using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Checks that doctor runs as the agent's user: root may read files that the agent may not.</summary>
internal static class UserCheck
{
    private const string Name = "user";

    public static DoctorCheck Run(string dataDirectory) =>
        Environment.IsPrivilegedProcess && DiskEntry.Read(dataDirectory, out DiskEntry entry) == 0 && entry.Owner is > 0 and { } owner
            ? DoctorCheck.Warn(
                Name,
                $"doctor runs as root, but the owner of {dataDirectory} is user {owner}: root may read files that the agent may not; "
                + $"run: sudo -u '#{owner}' edgejobs doctor ...")
            : DoctorCheck.Pass(Name, OwnUser.Name);
}
