using System.Runtime.InteropServices;
using System.Text;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A process started with <c>posix_spawn</c>: leader of a process group of its own, no signal blocked or ignored, nothing to
/// read on stdin, and of the agent's descriptors only the two pipes for its output.
/// </summary>
internal sealed unsafe class ChildProcess
{
    private const int FirstFree = 3;
    private static readonly byte[] Null = "/dev/null\0"u8.ToArray();

    private ChildProcess(int id, int stdOut, int stdErr)
    {
        Id = id;
        StdOut = stdOut;
        StdErr = stdErr;
    }

    /// <summary>The process id, which is the process group's too.</summary>
    public int Id { get; }

    /// <summary>The end of the pipe to read its stdout from; the owner closes it.</summary>
    public int StdOut { get; }

    /// <summary>The end of the pipe to read its stderr from; the owner closes it.</summary>
    public int StdErr { get; }

    /// <summary>Starts a process.</summary>
    /// <returns>The process, or null with the C library's error number.</returns>
    public static ChildProcess? Start(ProcessStart start, out int error)
    {
        int outRead = -1, outWrite = -1, errRead = -1, errWrite = -1;
        if (!TryOpenPipe(out outRead, out outWrite, out error) || !TryOpenPipe(out errRead, out errWrite, out error))
        {
            CloseAll(outRead, outWrite);
            return null;
        }

        error = Spawn(start, outWrite, errWrite, out int id);
        CloseAll(outWrite, errWrite);
        if (error == 0)
        {
            return new ChildProcess(id, outRead, errRead);
        }

        CloseAll(outRead, errRead);
        return null;
    }

    /// <summary>Sends a signal to every process of the group. Only while the leader is not yet reaped: then the group's id can't be another's.</summary>
    public void SignalGroup(int signal) => _ = Libc.Kill(-Id, signal);

    /// <summary>Takes the exit status of the process, which has ended.</summary>
    /// <returns>The status as <c>waitpid</c> gives it.</returns>
    public int Reap()
    {
        int status;
        while (Libc.WaitProcess(Id, &status, 0) < 0)
        {
            if (Marshal.GetLastPInvokeError() != Libc.Interrupted)
            {
                // Nobody else waits for our children.
                throw new InvalidOperationException($"waitpid({Id}) failed with error {Marshal.GetLastPInvokeError()}");
            }
        }

        return status;
    }

    private static int Spawn(ProcessStart start, int stdOut, int stdErr, out int id)
    {
        byte* attributes = stackalloc byte[Libc.OpaqueBytes];
        byte* actions = stackalloc byte[Libc.OpaqueBytes];
        byte* signals = stackalloc byte[Libc.OpaqueBytes];
        int processId = 0;
        _ = Libc.AttributesInit(attributes);
        _ = Libc.ActionsInit(actions);
        using NativeStrings arguments = new(start.Arguments);
        using NativeStrings environment = new(start.Environment);
        try
        {
            _ = Libc.AttributesSetFlags(attributes, Libc.SpawnSetProcessGroup | Libc.SpawnSetSignalDefault | Libc.SpawnSetSignalMask);
            _ = Libc.AttributesSetProcessGroup(attributes, 0);

            // sigfillset would leave out the two that the C library keeps for itself; they would reach the child ignored.
            new Span<byte>(signals, Libc.OpaqueBytes).Fill(0xFF);
            _ = Libc.AttributesSetSignalDefault(attributes, signals);
            _ = Libc.SignalsEmpty(signals);
            _ = Libc.AttributesSetSignalMask(attributes, signals);

            int error = 0;
            fixed (byte* nothing = Null, program = Encode(start.Program), directory = Encode(start.WorkingDirectory))
            {
                Take(ref error, Libc.ActionsAddOpen(actions, 0, nothing, Libc.OpenReadOnly, 0));
                Take(ref error, Libc.ActionsAddDuplicate(actions, stdOut, 1));
                Take(ref error, Libc.ActionsAddDuplicate(actions, stdErr, 2));
                Take(ref error, Libc.ActionsAddChangeDirectory(actions, directory));
                AddCloseFrom(actions, ref error);
                if (error == 0)
                {
                    error = Libc.PosixSpawn(&processId, program, actions, attributes, arguments.Pointer, environment.Pointer);
                }
            }

            id = processId;
            return error;
        }
        finally
        {
            _ = Libc.ActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    private static void AddCloseFrom(void* actions, ref int error)
    {
        try
        {
            Take(ref error, Libc.ActionsAddCloseFrom(actions, FirstFree));
        }
        catch (EntryPointNotFoundException)
        {
            // An older C library: .NET opens every descriptor with close-on-exec, and so do we.
        }
    }

    private static void Take(ref int error, int result)
    {
        if (error == 0)
        {
            error = result;
        }
    }

    private static byte[] Encode(string text)
    {
        byte[] bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    private static bool TryOpenPipe(out int read, out int write, out int error)
    {
        int* ends = stackalloc int[2];
        read = -1;
        write = -1;
        error = 0;
        if (Libc.Pipe(ends, Libc.CloseOnExec) < 0)
        {
            error = Marshal.GetLastPInvokeError();
            return false;
        }

        read = Lift(ends[0], ref error);
        write = Lift(ends[1], ref error);
        if (error == 0)
        {
            return true;
        }

        CloseAll(read, write);
        return false;
    }

    // An agent that was itself started without stdin gets its first pipe on descriptor 0, where the child's /dev/null belongs.
    private static int Lift(int descriptor, ref int error)
    {
        if (descriptor >= FirstFree || descriptor < 0)
        {
            return descriptor;
        }

        int lifted = Libc.FileControl(descriptor, Libc.DuplicateCloseOnExec, FirstFree);
        if (lifted < 0)
        {
            error = Marshal.GetLastPInvokeError();
        }

        _ = Libc.Close(descriptor);
        return lifted;
    }

    private static void CloseAll(int first, int second)
    {
        if (first >= 0)
        {
            _ = Libc.Close(first);
        }

        if (second >= 0)
        {
            _ = Libc.Close(second);
        }
    }
}
