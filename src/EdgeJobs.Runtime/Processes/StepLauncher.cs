using System.Runtime.InteropServices;
using System.Text;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The agent's executable, started to execute a program with what <c>posix_spawn</c> can't set: another user, limits, and a cgroup where
/// <see cref="NativeSpawn"/> is not linked. No .NET code may run after a fork, so this has to be a process. Needs no sudo.
/// </summary>
internal static unsafe class StepLauncher
{
    private const string Mode = "__launch-step";
    private const string RootDirectory = "/";
    private const string Executable = "/proc/self/exe";
    private const string Shell = "/bin/sh";
    private const int MaxSpecBytes = 16 * 1024 * 1024;
    private const int LastSignal = 31;
    private const int NotLaunched = 125;

    // The CPU time between SIGXCPU and SIGKILL.
    private const ulong CpuGraceSeconds = 5;

    /// <summary>The launcher process.</summary>
    /// <param name="self">The command line of the agent's executable.</param>
    /// <param name="own">The environment of the agent.</param>
    /// <param name="directory">A directory that the agent's user can enter.</param>
    public static ProcessStart Start(IReadOnlyList<string> self, System.Collections.IDictionary own, string directory)
    {
        // No variable of the document reaches the launcher. A small heap makes it start faster.
        List<string> environment = ["DOTNET_GCHeapHardLimit=4000000", "DOTNET_TieredPGO=0"];
        if (own["DOTNET_ROOT"] is string root)
        {
            environment.Add($"DOTNET_ROOT={root}");
        }

        return new ProcessStart(self[0], [.. self, Mode], environment, directory);
    }

    /// <summary>
    /// The command line of this process's executable, without arguments. It names the running file even after a job has replaced the
    /// executable.
    /// </summary>
    public static IReadOnlyList<string> Self()
    {
        string first = Environment.GetCommandLineArgs()[0];
        bool isHosted = first.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(Environment.ProcessPath) == "dotnet";
        return isHosted ? [Executable, first] : [Executable];
    }

    /// <summary>Executes the program, if this process was started as a launcher. Returns true only when that fails.</summary>
    /// <param name="words">The command line of the process.</param>
    /// <param name="exitCode">The exit code of a launcher that failed.</param>
    /// <returns>False when the process is no launcher.</returns>
    public static bool TryRun(ReadOnlySpan<string> words, out int exitCode)
    {
        exitCode = 0;
        if (words.Length != 1 || words[0] != Mode)
        {
            return false;
        }

        // A step that is cancelled before its program starts must end by SIGTERM, without the handler of .NET.
        exitCode = NotLaunched;
        _ = Libc.SetSignal(Libc.SigTerm, 0);
        _ = Libc.FileControl(ChildProcess.FaultDescriptor, Libc.SetDescriptorFlags, Libc.DescriptorCloseOnExec);
        Report(((char)LaunchReport.Started).ToString());
        Report(ReadSpec() is { } spec ? Execute(spec) : "the step launcher was not started by the agent");
        return true;
    }

    /// <summary>Returns only on failure, with the reason.</summary>
    private static string Execute(LaunchSpec spec)
    {
        if (spec.Cgroup is { } cgroup && !StepCgroup.TryJoin(cgroup))
        {
            return StepCgroup.ExplainJoin(cgroup, Marshal.GetLastPInvokeError());
        }

        if (spec.User is { } user
            && (Libc.SetGroups(user.Name, user.GroupId) != 0
                || Libc.SetGroup(user.GroupId) != 0
                || Libc.SetUser(user.Id) != 0
                || Libc.EffectiveUser() != user.Id))
        {
            return $"can't switch to user '{user.Name}': {ErrorText.Of(Marshal.GetLastPInvokeError())}";
        }

        ProcessStart start = spec.Start;
        string who = spec.User is null ? "the agent's user" : $"user '{spec.User.Name}'";
        if (Libc.ChangeDirectory(start.WorkingDirectory) != 0 && (spec.MustEnterDirectory || Libc.ChangeDirectory(RootDirectory) != 0))
        {
            return $"{who} can't enter the working directory {start.WorkingDirectory}: {ErrorText.Of(Marshal.GetLastPInvokeError())}";
        }

        // .NET ignores SIGPIPE, and the program would inherit that.
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            _ = Libc.SetSignal(signal, 0);
        }

        byte[]? head = ProgramFile.ReadHead(start.Program);
        using NativeStrings arguments = new(start.Arguments);
        using NativeStrings script = new([Shell, start.Program, .. start.Arguments.From(1)]);
        using NativeStrings environment = new(start.Environment);
        fixed (byte* program = Encoding.UTF8.GetBytes(start.Program + '\0'), shell = Encoding.UTF8.GetBytes(Shell + '\0'))
        {
            // This call fails, but loads all that the next one needs: after the limits are set, there may be no descriptor or memory left.
            byte nothing = 0;
            _ = Libc.Execute(&nothing, arguments.Pointer, environment.Pointer);
            if (!TryLimit(Libc.LimitCpu, spec.MaxCpuSeconds, CpuGraceSeconds)
                || !TryLimit(Libc.LimitOpenFiles, spec.MaxOpenFiles, 0)
                || !TryLimit(Libc.LimitAddressSpace, spec.MaxMemory, 0))
            {
                return $"can't set the limits of the step: {ErrorText.Of(Marshal.GetLastPInvokeError())}";
            }

            _ = Libc.Execute(program, arguments.Pointer, environment.Pointer);
            if (Marshal.GetLastPInvokeError() == Libc.NotExecutable && ProgramFile.IsPlainScript(head))
            {
                _ = Libc.Execute(shell, script.Pointer, environment.Pointer);
            }
        }

        return $"can't run {start.Name} as {who}: {ProgramFile.Explain(head, Marshal.GetLastPInvokeError())}";
    }

    private static bool TryLimit(int resource, long value, ulong grace)
    {
        Libc.ResourceLimit limit = new() { Soft = (ulong)value, Hard = (ulong)value + grace };
        return value <= 0 || Libc.SetLimit(resource, &limit) == 0;
    }

    private static LaunchSpec? ReadSpec()
    {
        byte[] buffer = new byte[4096];
        int length = 0;
        while (true)
        {
            if (length == buffer.Length)
            {
                Array.Resize(ref buffer, buffer.Length * 4);
            }

            nint count;
            fixed (byte* start = buffer)
            {
                count = Libc.ReadAt(ChildProcess.SpecDescriptor, start + length, buffer.Length - length, length);
            }

            if (count <= 0 || length > MaxSpecBytes)
            {
                _ = Libc.Close(ChildProcess.SpecDescriptor);
                break;
            }

            length += (int)count;
        }

        try
        {
            return LaunchSpec.Read(buffer[..length]);
        }
        catch (Exception e) when (e is IOException or OverflowException or FormatException)
        {
            return null;
        }
    }

    private static void Report(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        fixed (byte* pointer = bytes)
        {
            if (Libc.Write(ChildProcess.FaultDescriptor, pointer, bytes.Length) < 0)
            {
                _ = Libc.Write(2, pointer, bytes.Length);
            }
        }
    }
}
