using EdgeJobs.Protocol;
using EdgeJobs.Runtime.Handlers;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Processes;
using EdgeJobs.Runtime.Settings;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Commands;

/// <summary>The commands of an agent.</summary>
/// <param name="program">The name of the program, for help and errors.</param>
/// <param name="handlers">The handlers of job operations.</param>
/// <param name="time">The clock of waits and pings.</param>
/// <param name="commit">The commit of the program and its date; empty if it is unknown.</param>
internal sealed class AgentCommands(string program, JobHandlers handlers, TimeProvider time, string commit)
{
    private readonly HelpText _help = new(program);

    /// <summary>Runs a command line.</summary>
    /// <returns>An exit code of <see cref="ExitCode"/>.</returns>
    public async Task<int> RunAsync(string[] words, TextWriter output, TextWriter errors)
    {
        if (StepLauncher.TryRun(words, out int launched))
        {
            return launched;
        }

        InheritedState.TakeDescriptors();

        // For all other threads: one line for the operator, not a stack trace and a core dump.
        AppDomain.CurrentDomain.UnhandledException += (_, e) =>
        {
            errors.WriteLine(Unexpected(e.ExceptionObject as Exception));
            Environment.Exit(ExitCode.Internal);
        };
        try
        {
            return await DispatchAsync(words, output, errors).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            errors.WriteLine(SafeText.Of(Redaction.Of($"{program}: {e.Message}")));
            return ExitCode.Usage;
        }
#pragma warning disable CA1031 // The last resort: one line and an exit code help an operator more than a stack trace.
        catch (Exception e)
#pragma warning restore CA1031
        {
            errors.WriteLine(Unexpected(e));
            return ExitCode.Internal;
        }
    }

    private async Task<int> DispatchAsync(string[] words, TextWriter output, TextWriter errors)
    {
        string[] rest = words.Length > 1 ? words[1..] : [];
        bool help = rest.Contains("--help") || rest.Contains("-h");
        switch (words.Length == 0 ? string.Empty : words[0])
        {
            case "run" when help:
                output.WriteLine(_help.Run());
                return ExitCode.Done;
            case "run":
                return await RunCommand.RunAsync(rest, handlers, time, Build()).ConfigureAwait(false);
            case "validate" when help:
                output.WriteLine(_help.Validate);
                return ExitCode.Done;
            case "validate":
                return ValidateCommand.Run(rest, handlers, output);
            case "policy" when help:
                output.WriteLine(_help.Policy);
                return ExitCode.Done;
            case "policy":
                output.WriteLine(IotPolicyArguments.Parse(rest).Write());
                return ExitCode.Done;
            case "status" when help:
                output.WriteLine(_help.Status);
                return ExitCode.Done;
            case "status":
                return StatusCommand.Run(rest, output, Build());
            case "doctor" when help:
                output.WriteLine(_help.Doctor);
                return ExitCode.Done;
            case "doctor":
                return await DoctorCommand.RunAsync(rest, output).ConfigureAwait(false);
            case "migrate" when help:
                output.WriteLine(_help.Migrate);
                return ExitCode.Done;
            case "migrate":
                return MigrateCommand.Run(rest, output, errors);
            case "--help" or "-h" or "help":
                output.WriteLine(_help.Overview());
                return ExitCode.Done;
            case "--version":
                output.WriteLine($"{program} {Build()}");
                return ExitCode.Done;
            case "":
                errors.WriteLine(_help.Overview());
                return ExitCode.Usage;
            default:
                throw new UsageException($"unknown command '{words[0]}'; {program} --help lists the commands");
        }
    }

    /// <summary>The version and the commit.</summary>
    private string Build() => EdgeJobsAgent.Version + (commit.Length == 0 ? "" : $" ({commit})");

    private string Unexpected(Exception? e) =>
        SafeText.Of(Redaction.Of($"{program}: internal error, please report it: {e?.GetType().Name}: {e?.Message}{Where(e)}"));

    // The first stack frame of this project is more useful for the fix than the message. The edgejobs binary has no method names, to
    // be small; it shows addresses instead, which its symbol file turns into names and lines.
    private static string Where(Exception? e)
    {
        const int MaxAddresses = 8;
        const string Address = "+0x";
        string addresses = string.Empty;
        int count = 0;
        foreach (string line in (e?.StackTrace ?? string.Empty).Split('\n'))
        {
            if (line.Contains("EdgeJobs.", StringComparison.Ordinal))
            {
                return $" ({line.Trim()})";
            }

            if (count < MaxAddresses && line.LastIndexOf(Address, StringComparison.Ordinal) is >= 0 and int at)
            {
                count++;
                addresses += " " + ExecutableImage.ToSymbolAddress(line[(at + 1)..].Trim());
            }
        }

        return count == 0 ? string.Empty : $" (addr2line -f -e edgejobs.dbg{addresses})";
    }
}
