namespace EdgeJobs.Runtime.Linux;

/// <summary>An eventfd, with which any thread wakes the thread that polls it.</summary>
internal sealed unsafe class WakeDescriptor
{
    // One lock for all instances: it is held for one system call.
    private static readonly Lock Gate = new();

    private int _descriptor = Libc.EventDescriptor(0, Libc.CloseOnExec);

    public int Descriptor => _descriptor;

    /// <summary>Makes it readable. Has no effect once it is closed.</summary>
    public void Set()
    {
        lock (Gate)
        {
            if (_descriptor >= 0)
            {
                ulong one = 1;
                _ = Libc.Write(_descriptor, (byte*)&one, sizeof(ulong));
            }
        }
    }

    /// <summary>Makes it unreadable.</summary>
    public void Reset()
    {
        ulong count;
        _ = Libc.Read(_descriptor, (byte*)&count, sizeof(ulong));
    }

    public void Close()
    {
        lock (Gate)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
