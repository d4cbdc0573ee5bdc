using System.Collections;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Linux;

/// <summary>Replaces the program of this process: its id stays, so that a service manager sees the same service.</summary>
internal static unsafe class ProgramExchange
{
    /// <summary>execve(2).</summary>
    /// <param name="program">The path of the program.</param>
    /// <param name="arguments">Its arguments, with its name.</param>
    /// <param name="environment">Its environment.</param>
    /// <param name="alarmSeconds">
    /// After how many seconds the kernel ends the process with SIGALRM, unless that is <see cref="Disarm">disarmed</see>; 0 for never. It
    /// also ends a program that hangs, or knows nothing of it.
    /// </param>
    /// <returns>The error number: it returns only if the program can't be run.</returns>
    public static int Execute(string program, IReadOnlyList<string> arguments, IDictionary environment, int alarmSeconds)
    {
        List<string> variables = [];
        foreach (DictionaryEntry entry in environment)
        {
            variables.Add($"{entry.Key}={entry.Value}");
        }

        using NativeStrings argumentArray = new(arguments);
        using NativeStrings variableArray = new(variables);
        _ = Libc.SetSignal(Libc.SigAlarm, 0);
        _ = Libc.SetAlarm((uint)alarmSeconds);
        fixed (byte* path = Encoding.UTF8.GetBytes(program + '\0'))
        {
            _ = Libc.Execute(path, argumentArray.Pointer, variableArray.Pointer);
        }

        int error = Marshal.GetLastPInvokeError();
        Disarm();
        return error;
    }

    /// <summary>The process does not end by the alarm of <see cref="Execute"/> any more.</summary>
    public static void Disarm() => _ = Libc.SetAlarm(0);
}
