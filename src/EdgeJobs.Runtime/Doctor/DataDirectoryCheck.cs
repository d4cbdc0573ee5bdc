using System.Globalization;
using EdgeJobs.Client;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Journal;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;

namespace EdgeJobs.Runtime.Doctor;

/// <summary>The agent's own directory: whether it can be used, and by whom it is used now. Nothing is changed in it.</summary>
internal static class DataDirectoryCheck
{
    private const string Name = "data directory";
    private const long LittleRoom = 16 * 1024 * 1024;

    /// <summary>Looks at the directory.</summary>
    /// <param name="directory">Where it is.</param>
    /// <param name="holder">The process of the agent that has it; null when none has.</param>
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
                ? DoctorCheck.Pass(Name, $"{directory} does not exist yet; the agent makes it")
                : DoctorCheck.Fail(Name, ExitCode.Usage, $"{directory} does not exist, and the user {OwnUser.Name} can't make it; make it for the agent's user: sudo install -d -m 700 -o {OwnUser.Owner} {directory}");
        }

        if (!ProtectedDirectory.IsWritable(directory, out _))
        {
            return DoctorCheck.Fail(Name, ExitCode.Usage, $"{directory} can't be written by the user {OwnUser.Name}; run doctor as the agent's user, or give the directory to this one: sudo chown {OwnUser.Owner} {directory}");
        }

        holder = DataDirectory.FindHolder(directory);
        if ((JournalFile.FindFault(directory) ?? RunningStepFile.FindFault(directory, IsJobUnderWay(directory))) is { } fileFault)
        {
            return DoctorCheck.Fail(Name, ExitCode.Usage, fileFault);
        }

        long room = new DriveInfo(directory).AvailableFreeSpace;
        string state = $"{directory} can be written, {(room / 1e6).ToString("0", CultureInfo.InvariantCulture)} MB are free";
        return room < LittleRoom
            ? DoctorCheck.Warn(Name, $"{state}: a job that can't be noted in the journal is not taken on; make room")
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
