namespace EdgeJobs.Testing;

/// <summary>The faults of a TCP connection.</summary>
public enum FaultKind
{
    None,

    /// <summary>Both ends are closed in an orderly way after a number of bytes; later bytes are dropped.</summary>
    Cut,

    /// <summary>Both ends are reset after a number of bytes.</summary>
    Reset,

    /// <summary>Both ends are reset instead of forwarding the n-th packet.</summary>
    ResetPacket,

    /// <summary>After a number of bytes, all data is dropped in both directions while both connections stay open.</summary>
    HalfOpen,

    /// <summary>All data is delayed once.</summary>
    Delay,

    /// <summary>Bytes are forwarded one at a time, for a limited time.</summary>
    Trickle,

    /// <summary>The connection to the client is reset; that to the server stays open until the next connection has started.</summary>
    LateClose,

    /// <summary>As <see cref="LateClose"/>, and the last bytes of the client arrive only then.</summary>
    LateBytes,
}

/// <summary>The fault of one connection.</summary>
/// <param name="Kind">The fault.</param>
/// <param name="Up">Whether <paramref name="After"/> counts the bytes from the client or those from the server.</param>
/// <param name="After">The bytes or packets before the fault.</param>
/// <param name="Milliseconds">The delay, the delay between two bytes, or the time until the reset.</param>
public sealed record LineFault(FaultKind Kind, bool Up = true, int After = 0, int Milliseconds = 0)
{
    public override string ToString() => $"{Kind} after {After} {(Up ? "up" : "down")}, {Milliseconds} ms";
}

/// <summary>A seeded list of faults, one for each connection; connections after the last one have no fault.</summary>
public sealed class FaultSchedule
{
    public FaultSchedule(int seed)
    {
        Random random = new(seed);
        LineFault[] faults = new LineFault[random.Next(2, 6)];
        bool hasSilence = false;
        for (int i = 0; i < faults.Length; i++)
        {
            LineFault fault = Draw(random);

            // Each one takes a keep-alive period: one is enough.
            faults[i] = fault.Kind == FaultKind.HalfOpen && hasSilence ? fault with { Kind = FaultKind.Reset } : fault;
            hasSilence |= fault.Kind == FaultKind.HalfOpen;
        }

        Faults = faults;
    }

    public FaultSchedule(params LineFault[] faults) => Faults = faults;

    public IReadOnlyList<LineFault> Faults { get; }

    public override string ToString() => string.Join("; ", Faults);

    private static LineFault Draw(Random random)
    {
        // Most faults fall into the first kilobytes: the handshake and CONNECT.
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
