using EdgeJobs.Client;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>As whom the checks are made: root may read what the agent's user may not.</summary>
internal static class UserCheck
{
    private const string Name = "user";

    /// <summary>Compares this user with the owner of the agent's directory.</summary>
    public static DoctorCheck Run(string dataDirectory) =>
        Environment.IsPrivilegedProcess && DiskEntry.Read(dataDirectory, out DiskEntry entry) == 0 && entry.Owner is > 0 and { } owner
            ? DoctorCheck.Warn(Name, $"run by root, but {dataDirectory} belongs to the user with the number {owner}, as whom the agent runs: root may read files that the agent may not; run it as that user: sudo -u '#{owner}' edgejobs doctor ...")
            : DoctorCheck.Pass(Name, OwnUser.Name);
}
