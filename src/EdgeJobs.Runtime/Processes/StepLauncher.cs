using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// The agent's executable started once more, to become a program of another user: <c>posix_spawn</c> can't change the user,
/// and after a plain fork no .NET code may run. Works on any board, with or without sudo.
/// </summary>
internal static unsafe class StepLauncher
{
    private const string Mode = "__launch-step";
    private const int FixedWords = 6;
    private const int LastSignal = 31;
    private const int NotPermitted = 125;
    private const int NotRunnable = 126;
    private const int NotFound = 127;

    /// <summary>The command line that starts a program as a user.</summary>
    /// <param name="self">The command line of the agent's executable.</param>
    /// <param name="user">The user.</param>
    /// <param name="program">The path of the program.</param>
    /// <param name="arguments">Its arguments, the name it is called by first.</param>
    public static IReadOnlyList<string> CommandLine(IReadOnlyList<string> self, LocalUser user, string program, IReadOnlyList<string> arguments) =>
    [
        .. self,
        Mode,
        user.Name,
        user.Id.ToString(CultureInfo.InvariantCulture),
        user.GroupId.ToString(CultureInfo.InvariantCulture),
        program,
        .. arguments,
    ];

    /// <summary>The command line of this process's executable, without its arguments.</summary>
    public static IReadOnlyList<string> Self()
    {
        string program = Environment.ProcessPath ?? "/proc/self/exe";
        string first = Environment.GetCommandLineArgs()[0];
        return first.EndsWith(".dll", StringComparison.Ordinal) && Path.GetFileName(program) == "dotnet" ? [program, first] : [program];
    }

    /// <summary>Becomes the program, when this is what the process was started for.</summary>
    /// <param name="words">The command line of the process.</param>
    /// <param name="exitCode">The exit code when it could not become the program.</param>
    /// <returns>False when the process was started for something else.</returns>
    public static bool TryRun(ReadOnlySpan<string> words, out int exitCode)
    {
        exitCode = 0;
        if (words.Length < FixedWords || words[0] != Mode)
        {
            return false;
        }

        exitCode = Become(
            words[1],
            uint.Parse(words[2], NumberStyles.None, CultureInfo.InvariantCulture),
            uint.Parse(words[3], NumberStyles.None, CultureInfo.InvariantCulture),
            words[4],
            words[5..].ToArray());
        return true;
    }

    private static int Become(string user, uint userId, uint groupId, string program, string[] arguments)
    {
        if (Libc.SetGroups(user, groupId) != 0 || Libc.SetGroup(groupId) != 0 || Libc.SetUser(userId) != 0 || Libc.EffectiveUser() != userId)
        {
            Tell($"can't become user '{user}': {ErrorText.Of(Marshal.GetLastPInvokeError())}");
            return NotPermitted;
        }

        // .NET ignores SIGPIPE, and what is ignored stays so in the new program.
        for (int signal = 1; signal <= LastSignal; signal++)
        {
            _ = Libc.SetSignal(signal, 0);
        }

        List<string> environment = [];
        foreach (System.Collections.DictionaryEntry entry in Environment.GetEnvironmentVariables())
        {
            environment.Add($"{entry.Key}={entry.Value}");
        }

        using NativeStrings nativeArguments = new(arguments);
        using NativeStrings nativeEnvironment = new(environment);
        byte[] path = Encoding.UTF8.GetBytes(program + '\0');
        fixed (byte* pointer = path)
        {
            _ = Libc.Execute(pointer, nativeArguments.Pointer, nativeEnvironment.Pointer);
        }

        int error = Marshal.GetLastPInvokeError();
        Tell($"can't run {program} as user '{user}': {ErrorText.Of(error)}");
        return error == Libc.NoEntry ? NotFound : NotRunnable;
    }

    private static void Tell(string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes("edgejobs: " + text + "\n");
        fixed (byte* pointer = bytes)
        {
            _ = Libc.Write(2, pointer, bytes.Length);
        }
    }
}
