using System.Net;
using System.Net.Sockets;

namespace EdgeJobs.Client.Dialing;

/// <summary>In which order the addresses of a host are tried.</summary>
internal static class AddressOrder
{
    /// <summary>More addresses are not tried: no host needs them, and a name that gives hundreds must not keep a board busy.</summary>
    public const int Most = 16;

    /// <summary>
    /// Takes IPv6 and IPv4 by turns (RFC 8305, section 4), beginning with the family that the system puts first: where one of
    /// the two leads nowhere, the other is tried at once instead of after all addresses of the first.
    /// </summary>
    /// <param name="addresses">As the system sorts them (RFC 6724).</param>
    public static IPAddress[] Interleave(ReadOnlySpan<IPAddress> addresses)
    {
        IPAddress[] ordered = new IPAddress[Math.Min(addresses.Length, Most)];
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
