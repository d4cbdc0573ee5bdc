using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>The order in which the addresses of a host are tried.</summary>
internal static class AddressOrder
{
    /// <summary>The maximum number of addresses to try, so that a name with hundreds of them does not keep a board busy.</summary>
    public const int Max = 16;

    /// <summary>
    /// Alternates IPv6 and IPv4 (RFC 8305, section 4), starting with the family that the system sorts first. If one family does not work,
    /// the other is tried next, not after all addresses of the first.
    /// </summary>
    /// <param name="addresses">The addresses in the system's order (RFC 6724).</param>
    public static IPAddress[] Interleave(ReadOnlySpan<IPAddress> addresses)
    {
        IPAddress[] ordered = new IPAddress[Math.Min(addresses.Length, Max)];
        AddressFamily first = addresses.IsEmpty ? default : addresses[0].AddressFamily;
        int ofFirst = 0;
        int ofOther = 0;
        for (int i = 0; i < ordered.Length; i++)
        {
            bool takesFirst = i % 2 == 0;
            int next = Next(addresses, first, takesFirst, takesFirst ? ofFirst : ofOther);
            if (next < 0)
            {
                takesFirst = !takesFirst;
                next = Next(addresses, first, takesFirst, takesFirst ? ofFirst : ofOther);
            }

            ordered[i] = addresses[next];
            if (takesFirst)
            {
                ofFirst = next + 1;
            }
            else
            {
                ofOther = next + 1;
            }
        }

        return ordered;
    }

    private static int Next(ReadOnlySpan<IPAddress> addresses, AddressFamily family, bool ofThis, int from)
    {
        for (int i = from; i < addresses.Length; i++)
        {
            if ((addresses[i].AddressFamily == family) == ofThis)
            {
                return i;
            }
        }

        return -1;
    }
}
