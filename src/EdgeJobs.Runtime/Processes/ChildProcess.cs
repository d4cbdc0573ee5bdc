using System.Runtime.InteropServices;
using System.Runtime.InteropServices.Marshalling;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A process started with <c>posix_spawn</c>. It leads its own session and process group and has no terminal, no blocked or ignored
/// signals, /dev/null as stdin, and none of the agent's descriptors except the pipes for its output.
/// </summary>
internal sealed unsafe class ChildProcess
{
    /// <summary>The descriptor to which a step writes its progress.</summary>
    public const int ProgressDescriptor = 3;

    /// <summary>The descriptor of a handler that was checked.</summary>
    public const int HandlerDescriptor = 4;

    /// <summary>The descriptor to which the launcher reports why it could not execute the program.</summary>
    public const int FaultDescriptor = 5;

    /// <summary>The descriptor from which the launcher reads its <see cref="LaunchSpec"/>.</summary>
    public const int SpecDescriptor = 6;

    /// <summary>The path of <see cref="HandlerDescriptor"/> in the child.</summary>
    public const string HandlerPath = "/proc/self/fd/4";

    // Above all numbers that a child gets: a dup2 must not overwrite a descriptor that is still needed.
    private const int FirstFree = 10;
    private static readonly byte[] Null = "/dev/null\0"u8.ToArray();

    private ChildProcess(int id, Pipes pipes)
    {
        Id = id;
        StdOut = pipes.Out.Read;
        StdErr = pipes.Err.Read;
        Progress = pipes.Progress.Read;
        Fault = pipes.Fault.Read;
    }

    /// <summary>The process id, which is also the process group.</summary>
    public int Id { get; }

    /// <summary>The read end of its stdout. The owner of this object closes this and the other pipes.</summary>
    public int StdOut { get; }

    public int StdErr { get; }

    public int Progress { get; }

    /// <summary>The read end of the launcher's report, or -1.</summary>
    public int Fault { get; }

    /// <returns>The process, or null with the C library's error number.</returns>
    public static ChildProcess? Start(ProcessStart start, out int error)
    {
        Pipes pipes = new();
        error = 0;
        int id = 0;
        if (Pipe.TryOpen(out pipes.Out, ref error)
            && Pipe.TryOpen(out pipes.Err, ref error)
            && Pipe.TryOpen(out pipes.Progress, ref error)
            && (start.Launch is null
                || (Pipe.TryOpen(out pipes.Fault, ref error) && TryWriteSpec(start.Launch, out pipes.Spec, ref error))))
        {
            error = Spawn(start, pipes, out id);
        }

        Libc.CloseAll(pipes.Out.Write, pipes.Err.Write, pipes.Progress.Write, pipes.Fault.Write, pipes.Spec);
        if (error == 0)
        {
            return new ChildProcess(id, pipes);
        }

        Libc.CloseAll(pipes.Out.Read, pipes.Err.Read, pipes.Progress.Read, pipes.Fault.Read);
        return null;
    }

    /// <summary>Reaps the process, which has ended.</summary>
    /// <returns>
    /// The status of <c>waitpid</c>; null when it is lost because the agent's process ignores SIGCHLD, or something in it waits for all
    /// children.
    /// </returns>
    public int? Reap()
    {
        int status;
        while (Libc.WaitProcess(Id, &status, 0) < 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Libc.NoChild)
            {
                return null;
            }

            if (error != Libc.Interrupted)
            {
                throw new InvalidOperationException($"waitpid({Id}) failed with error {error}");
            }
        }

        return status;
    }

    private static int Spawn(ProcessStart start, in Pipes pipes, out int id)
    {
        byte* attributes = stackalloc byte[Libc.OpaqueBytes];
        byte* actions = stackalloc byte[Libc.OpaqueBytes];
        byte* signals = stackalloc byte[Libc.OpaqueBytes];
        int processId = 0;
        _ = Libc.AttributesInit(attributes);
        _ = Libc.ActionsInit(actions);
        using NativeStrings arguments = new(start.Arguments);
        using NativeStrings environment = new(start.Environment);
        byte* program = Utf8StringMarshaller.ConvertToUnmanaged(start.Program);
        byte* directory = Utf8StringMarshaller.ConvertToUnmanaged(start.WorkingDirectory);
        try
        {
            _ = Libc.AttributesSetFlags(attributes, Libc.SpawnSetSession | Libc.SpawnSetSignalDefault | Libc.SpawnSetSignalMask);

            // sigfillset omits the two signals that the C library reserves; the child would inherit them ignored.
            new Span<byte>(signals, Libc.OpaqueBytes).Fill(0xFF);
            _ = Libc.AttributesSetSignalDefault(attributes, signals);
            _ = Libc.SignalsEmpty(signals);
            _ = Libc.AttributesSetSignalMask(attributes, signals);

            int error = 0;
            fixed (byte* nothing = Null)
            {
                Take(ref error, Libc.ActionsAddOpen(actions, 0, nothing, Libc.OpenReadOnly, 0));
                int next = 1;
                Give(actions, pipes.Out.Write, 1, ref next, ref error);
                Give(actions, pipes.Err.Write, 2, ref next, ref error);
                Give(actions, pipes.Progress.Write, ProgressDescriptor, ref next, ref error);
                Give(actions, start.Handler, HandlerDescriptor, ref next, ref error);
                Give(actions, pipes.Fault.Write, FaultDescriptor, ref next, ref error);
                Give(actions, pipes.Spec, SpecDescriptor, ref next, ref error);
                Take(ref error, Libc.ActionsAddChangeDirectory(actions, directory));
                Take(ref error, Libc.ActionsAddCloseFrom(actions, next));
                if (error == 0)
                {
                    // posix_spawn can't set limits, but a child inherits them: the agent has the limit of its steps for this moment.
                    ulong? own = start.CoreLimit is { } core ? InheritedState.ExchangeCore(core) : null;
                    error = Libc.PosixSpawn(&processId, program, actions, attributes, arguments.Pointer, environment.Pointer);
                    if (own is { } limit)
                    {
                        _ = InheritedState.ExchangeCore(limit);
                    }
                }
            }

            id = processId;
            return error;
        }
        finally
        {
            Utf8StringMarshaller.Free(program);
            Utf8StringMarshaller.Free(directory);
            _ = Libc.ActionsDestroy(actions);
            _ = Libc.AttributesDestroy(attributes);
        }
    }

    /// <summary>Gives the child a descriptor under a number, and closes the numbers that were left out.</summary>
    private static void Give(void* actions, int descriptor, int number, ref int next, ref int error)
    {
        if (descriptor < 0)
        {
            return;
        }

        for (; next < number; next++)
        {
            Take(ref error, Libc.ActionsAddClose(actions, next));
        }

        Take(ref error, Libc.ActionsAddDuplicate(actions, descriptor, number));
        next = number + 1;
    }

    private static void Take(ref int error, int result)
    {
        if (error == 0)
        {
            error = result;
        }
    }

    private static bool TryWriteSpec(LaunchSpec spec, out int descriptor, ref int error)
    {
        descriptor = Libc.MemoryFile("edgejobs-step", Libc.MemoryFileCloseOnExec);
        byte[] bytes = spec.ToBytes();
        bool written = descriptor >= 0;
        fixed (byte* start = bytes)
        {
            for (nint at = 0, count; written && at < bytes.Length; at += count)
            {
                count = Libc.Write(descriptor, start + at, bytes.Length - at);
                written = count > 0;
            }
        }

        error = written ? 0 : Marshal.GetLastPInvokeError();
        if (written)
        {
            descriptor = Lift(descriptor, ref error);
        }

        return error == 0;
    }

    /// <summary>Moves a descriptor above the numbers that children use.</summary>
    /// <returns>The new descriptor, or -1 with the error number.</returns>
    public static int Lift(int descriptor, ref int error)
    {
        if (descriptor >= FirstFree)
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

    private struct Pipes()
    {
        public Pipe Out = new();
        public Pipe Err = new();
        public Pipe Progress = new();
        public Pipe Fault = new();
        public int Spec = -1;
    }

    private struct Pipe()
    {
        public int Read = -1;
        public int Write = -1;

        public static bool TryOpen(out Pipe pipe, ref int error)
        {
            int* ends = stackalloc int[2];
            pipe = new Pipe();
            if (Libc.Pipe(ends, Libc.CloseOnExec) < 0)
            {
                error = Marshal.GetLastPInvokeError();
                return false;
            }

            pipe.Read = Lift(ends[0], ref error);
            pipe.Write = Lift(ends[1], ref error);
            return error == 0;
        }
    }
}
