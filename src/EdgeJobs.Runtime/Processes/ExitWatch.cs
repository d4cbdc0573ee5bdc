using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Linux;

namespace EdgeJobs.Runtime.Processes;

/// <summary>
/// A descriptor that is readable once a child has ended, without reaping it: a pidfd, or on Linux before 5.3 an eventfd that a thread sets.
/// </summary>
internal sealed unsafe class ExitWatch : IDisposable
{
    private const int WaitForProcessId = 1;
    private const int WaiterStackBytes = 128 * 1024;

    private readonly Thread? _waiter;

    /// <param name="processId">The child.</param>
    /// <param name="usePidfd">False to behave as on an old kernel.</param>
    public ExitWatch(int processId, bool usePidfd = true)
    {
        Descriptor = usePidfd ? Libc.PidfdOpen(processId) : -1;
        if (Descriptor >= 0)
        {
            return;
        }

        Descriptor = Libc.EventDescriptor(0, Libc.CloseOnExec);
        _waiter = StartWaiter(processId, Descriptor);
    }

    public int Descriptor { get; }

    /// <summary>Call it only when the descriptor was readable: a waiting thread would set a descriptor that may have been reused.</summary>
    public void Dispose()
    {
        _waiter?.Join();
        _ = Libc.Close(Descriptor);
    }

    private static Thread StartWaiter(int processId, int descriptor)
    {
        Thread waiter = new(() => WaitAndSet(processId, descriptor), WaiterStackBytes) { IsBackground = true, Name = "exit of a step" };
        waiter.Start();
        return waiter;
    }

    private static void WaitAndSet(int processId, int descriptor)
    {
        byte* info = stackalloc byte[Libc.SignalInfoBytes];
        while (Libc.WaitId(WaitForProcessId, processId, info, Libc.WaitExited | Libc.WaitDoNotReap) < 0
            && Marshal.GetLastPInvokeError() == Libc.Interrupted)
        {
        }

        ulong one = 1;
        _ = Libc.Write(descriptor, (byte*)&one, sizeof(ulong));
    }
}
