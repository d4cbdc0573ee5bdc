using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A process started with <see cref="NativeSpawn"/> or <c>posix_spawn</c>. It leads its own session and process group and has no terminal,
/// no blocked or ignored signals, /dev/null as stdin, and none of the agent's descriptors except the pipes for its output.
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

    /// <param name="start">What to start.</param>
    /// <param name="useNativeSpawn">False to start it with <c>posix_spawn</c>, which can't join a cgroup.</param>
    /// <param name="error">The C library's error number, or 0; negative if the cgroup could not be joined.</param>
    /// <returns>The process, or null.</returns>
    public static ChildProcess? Start(ProcessStart start, bool useNativeSpawn, out int error)
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
            error = Spawn(start, pipes, useNativeSpawn, out id);
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

    private static int Spawn(ProcessStart start, in Pipes pipes, bool useNativeSpawn, out int id)
    {
        using NativeStrings arguments = new(start.Arguments);
        using NativeStrings environment = new(start.Environment);
        using NativeStrings paths = new(start.Cgroup is null
            ? [start.Program, start.WorkingDirectory]
            : [start.Program, start.WorkingDirectory, start.Cgroup]);

        // From descriptor 1 on; handler and launcher are rare.
        ReadOnlySpan<int> descriptors =
            [pipes.Out.Write, pipes.Err.Write, pipes.Progress.Write, start.Handler, pipes.Fault.Write, pipes.Spec];
        int processId = 0;
        int error;

        // A start can't set limits, but a child inherits them: the agent has the limit of its steps for this moment.
        ulong? own = start.CoreLimit is { } core ? InheritedState.ExchangeCore(core) : null;
        fixed (int* first = descriptors)
        {
            NativeSpawn.Request request = new()
            {
                Program = paths.Pointer[0],
                Arguments = arguments.Pointer,
                Environment = environment.Pointer,
                Directory = paths.Pointer[1],
                Cgroup = paths.Pointer[2],
                Descriptors = first,
                Count = descriptors.LastIndexOfAnyExcept(-1) + 1,
            };
            error = useNativeSpawn ? NativeSpawn.Spawn(&request, &processId) : SpawnByLibrary(request, &processId);
        }

        if (own is { } limit)
        {
            _ = InheritedState.ExchangeCore(limit);
        }

        id = processId;
        return error;
    }

    private static int SpawnByLibrary(in NativeSpawn.Request request, int* processId)
    {
        byte* attributes = stackalloc byte[Libc.OpaqueBytes];
        byte* actions = stackalloc byte[Libc.OpaqueBytes];
        byte* signals = stackalloc byte[Libc.OpaqueBytes];
        _ = Libc.AttributesInit(attributes);
        _ = Libc.ActionsInit(actions);
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
            for (int i = 0; i < request.Count; i++)
            {
                int descriptor = request.Descriptors[i];
                Take(ref error, descriptor < 0
                    ? Libc.ActionsAddClose(actions, i + 1)
                    : Libc.ActionsAddDuplicate(actions, descriptor, i + 1));
            }

            Take(ref error, Libc.ActionsAddChangeDirectory(actions, request.Directory));
            Take(ref error, Libc.ActionsAddCloseFrom(actions, request.Count + 1));
            if (error == 0)
            {
                error = Libc.PosixSpawn(processId, request.Program, actions, attributes, request.Arguments, request.Environment);
            }
        }

        _ = Libc.ActionsDestroy(actions);
        _ = Libc.AttributesDestroy(attributes);
        return error;
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
