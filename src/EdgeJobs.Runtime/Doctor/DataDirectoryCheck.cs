using System.Globalization;
using EdgeJobs.Client.Credentials;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>Checks whether the agent can use its data directory, and which agent uses it now. It changes nothing there.</summary>
internal static class DataDirectoryCheck
{
    private const string Name = "data directory";
    private const long LittleRoom = 16 * 1024 * 1024;

    /// <param name="directory">The data directory.</param>
    /// <param name="holder">The process of the agent that uses it; null if there is none.</param>
    public static DoctorCheck Run(string directory, out int? holder)
    {
        holder = null;
        if (ProtectedDirectory.FindFault(directory, out _) is { } fault)
        {
            return DoctorCheck.Fail(Name, ExitCode.Usage, fault);
        }

        if (!Directory.Exists(directory))
        {
            return FindParent(directory) is { } parent && ProtectedDirectory.IsWritable(parent, out _)
                ? DoctorCheck.Pass(Name, $"{directory} does not exist yet; the agent creates it")
                : DoctorCheck.Fail(
                    Name,
                    ExitCode.Usage,
                    $"{directory} does not exist, and the user {OwnUser.Name} cannot create it; "
                        + $"run: sudo install -d -m 700 -o {OwnUser.Owner} {directory}");
        }

        if (!ProtectedDirectory.IsWritable(directory, out _))
        {
            return DoctorCheck.Fail(
                Name,
                ExitCode.Usage,
                $"{directory} is not writable for the user {OwnUser.Name}; run doctor as the agent's user, "
                    + $"or run: sudo chown {OwnUser.Owner} {directory}");
        }

        holder = DataDirectory.FindHolder(directory);
        if ((JournalFile.FindFault(directory) ?? RunningStepFile.FindFault(directory, IsJobUnderWay(directory))) is { } fileFault)
        {
            return DoctorCheck.Fail(Name, ExitCode.Usage, fileFault);
        }

        long room = new DriveInfo(directory).AvailableFreeSpace;
        string state = $"{directory} is writable, {(room / 1e6).ToString("0", CultureInfo.InvariantCulture)} MB free";
        return room < LittleRoom
            ? DoctorCheck.Warn(Name, $"{state}: the agent takes on no job that it cannot write to its journal; free some space")
            : DoctorCheck.Pass(Name, state);
    }

    /// <summary>Whether a journal that has no fault has a job under way. An agent that runs may have replaced it meanwhile.</summary>
    private static bool IsJobUnderWay(string directory)
    {
        try
        {
            return JournalFile.Peek(directory)?.State is not null;
        }
        catch (IOException)
        {
            return true;
        }
    }

    private static string? FindParent(string directory)
    {
        string? parent = Path.GetDirectoryName(Path.GetFullPath(directory));
        while (parent is not null && !Directory.Exists(parent))
        {
            parent = Path.GetDirectoryName(parent);
        }

        return parent;
    }
}
