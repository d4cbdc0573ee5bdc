using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs migrate</c>: writes the settings of an AWS IoT Device Client as settings of the agent.</summary>
internal static class MigrateCommand
{
    private const int FileExists = 17;

    // 644: no secret is copied, and the agent's user must be able to read it.
    private const uint FileMode = 0x1A4;

    public static readonly Setting[] Settings = [new("output", "FILE", "the file to write; it must not exist; default: stdout")];

    /// <param name="words">The arguments after the command.</param>
    /// <param name="output">The report; the settings if there is no <c>--output</c>.</param>
    /// <param name="errors">The report if the settings go to <paramref name="output"/>.</param>
    /// <exception cref="UsageException">A file cannot be read, used or written.</exception>
    public static int Run(string[] words, TextWriter output, TextWriter errors)
    {
        Dictionary<string, string?> flags = CommandLine.Parse(words, Settings, out List<string> files);
        if (files.Count == 0)
        {
            throw new UsageException("the file is missing; write edgejobs migrate DEVICE-CLIENT-CONFIG.json");
        }

        DeviceClientMembers members = new();
        foreach (string file in files)
        {
            members.Read(file);
        }

        DeviceClientMigration migration = DeviceClientMigration.Of(members, Environment.GetEnvironmentVariable("HOME"));
        string? path = flags.GetValueOrDefault("output");
        if (path is null)
        {
            output.Write(migration.ToJson());
        }
        else
        {
            Write(path, migration.ToJson());
        }

        foreach (string line in migration.Lines)
        {
            (path is null ? errors : output).WriteLine(SafeText.Of(line));
        }

        return migration.NeedsWork ? ExitCode.Usage : ExitCode.Done;
    }

    private static void Write(string path, string json)
    {
        int descriptor = Libc.Open(path, Libc.OpenWriteOnly | Libc.OpenCreate | Libc.OpenExclusive | Libc.CloseOnExec, FileMode);
        int error = descriptor < 0 ? Marshal.GetLastPInvokeError() : DurableFile.WriteAll(descriptor, Encoding.UTF8.GetBytes(json));
        _ = Libc.Close(descriptor);
        if (error != 0)
        {
            throw new UsageException(error == FileExists
                ? $"{path}: exists, and is not overwritten; name another file, or move it away"
                : $"{path}: can't be written: {ErrorText.OfFile(error)}");
        }
    }
}
