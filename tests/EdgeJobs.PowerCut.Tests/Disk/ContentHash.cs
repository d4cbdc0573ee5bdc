using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;

namespace EdgeJobs.PowerCut.Tests.Disk;

/// <summary>The hash of a content, kept with it: many images share one.</summary>
internal static class ContentHash
{
    private static readonly ConditionalWeakTable<byte[], object> Known = [];

    public static ulong Of(byte[] content) => (ulong)Known.GetValue(content, static c => (object)Compute(c));

    private static ulong Compute(byte[] content) => BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(content));
}
