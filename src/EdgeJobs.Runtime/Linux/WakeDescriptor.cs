namespace EdgeJobs.Runtime.Linux;

/// <summary>A descriptor that any thread makes readable for the one that waits for it.</summary>
internal sealed unsafe class WakeDescriptor
{
    // One for all: what it guards takes no time.
    private static readonly Lock Gate = new();

    private int _descriptor = Libc.EventDescriptor(0, Libc.CloseOnExec);

    /// <summary>The descriptor to poll.</summary>
    public int Descriptor => _descriptor;

    /// <summary>Makes it readable; does nothing once it is closed.</summary>
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

    /// <summary>Makes it no longer readable.</summary>
    public void Reset()
    {
        ulong count;
        _ = Libc.Read(_descriptor, (byte*)&count, sizeof(ulong));
    }

    /// <summary>Closes it.</summary>
    public void Close()
    {
        lock (Gate)
        {
            _ = Libc.Close(_descriptor);
            _descriptor = -1;
        }
    }
}
