namespace EdgeJobs.Testing;

/// <summary>What can happen to a TCP connection.</summary>
public enum FaultKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>Both ends are closed in an orderly way after a number of bytes; the rest is dropped.</summary>
    Cut,

    /// <summary>Both ends are reset after a number of bytes.</summary>
    Reset,

    /// <summary>Both ends are reset instead of passing on the n-th packet.</summary>
    ResetPacket,

    /// <summary>From some byte on everything is swallowed in silence, both ways, while both ends take the connection to stand.</summary>
    HalfOpen,

    /// <summary>All stands still for a time, once.</summary>
    Delay,

    /// <summary>One byte at a time, for a time.</summary>
    Trickle,

    /// <summary>The client's end is reset; the server sees the connection stand until the next one is under way.</summary>
    LateClose,

    /// <summary>As <see cref="LateClose"/>, and what the client sent last arrives only then.</summary>
    LateBytes,
}

/// <summary>What happens to one connection.</summary>
/// <param name="Kind">What happens.</param>
/// <param name="Up">Whether the bytes from the client are counted, or those from the server.</param>
/// <param name="After">After how many bytes, or packets.</param>
/// <param name="Milliseconds">How long the delay is, or that between two bytes; how long a client waits until it is reset.</param>
public sealed record LineFault(FaultKind Kind, bool Up = true, int After = 0, int Milliseconds = 0)
{
    public override string ToString() => $"{Kind} after {After} {(Up ? "up" : "down")}, {Milliseconds} ms";
}

/// <summary>What happens to one connection after the other, drawn from a seed; after the last fault all goes well.</summary>
public sealed class FaultSchedule
{
    /// <summary>Draws a schedule.</summary>
    public FaultSchedule(int seed)
    {
        Random random = new(seed);
        LineFault[] faults = new LineFault[random.Next(2, 6)];
        bool hasSilence = false;
        for (int i = 0; i < faults.Length; i++)
        {
            LineFault fault = Draw(random);

            // Each costs a keep-alive period: one is enough.
            faults[i] = fault.Kind == FaultKind.HalfOpen && hasSilence ? fault with { Kind = FaultKind.Reset } : fault;
            hasSilence |= fault.Kind == FaultKind.HalfOpen;
        }

        Faults = faults;
    }

    /// <summary>Makes a schedule of given faults.</summary>
    public FaultSchedule(params LineFault[] faults) => Faults = faults;

    /// <summary>The faults, one for each connection.</summary>
    public IReadOnlyList<LineFault> Faults { get; }

    public override string ToString() => string.Join("; ", Faults);

    private static LineFault Draw(Random random)
    {
        // Most often in the handshake and at CONNECT, which is where the first kilobytes are.
        int after = random.Next(4) == 0 ? random.Next(12_000) : random.Next(4_500);
        bool up = random.Next(2) == 0;
        return random.Next(16) switch
        {
            0 or 1 or 2 => new LineFault(FaultKind.Cut, up, after),
            3 or 4 or 5 => new LineFault(FaultKind.Reset, up, after),
            6 or 7 => new LineFault(FaultKind.ResetPacket, up, random.Next(1, 16)),
            8 => new LineFault(FaultKind.HalfOpen, up, after),
            9 => new LineFault(FaultKind.Delay, up, after, random.Next(100, 12_000)),
            10 => new LineFault(FaultKind.Trickle, up, after, random.Next(3) == 0 ? 1_000 : random.Next(1, 20)),
            11 or 12 or 13 => new LineFault(FaultKind.LateBytes, true, after, random.Next(1_500)),
            _ => new LineFault(FaultKind.LateClose, up, after),
        };
    }
}
