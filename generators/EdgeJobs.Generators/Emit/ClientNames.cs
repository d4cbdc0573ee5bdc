using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;
using EdgeJobs.Generators.Slices;

namespace EdgeJobs.Generators.Emit;

/// <summary>The types that the client uses, with their namespaces where a type of the spec has the same name.</summary>
internal sealed class ClientNames(ClientSlice slice)
{
    private readonly HashSet<string> _hiding = new(slice.Hiding);

    /// <summary>How to write a type.</summary>
    public string this[string type] => _hiding.Contains(type) ? $"global::{ReservedNames.ClientNamespaceOf(type)}.{type}" : type;

    /// <summary>A name for a parameter of a method, with <c>Value</c> appended until no topic parameter has it.</summary>
    public static string Own(string name, ChannelModel channel) =>
        ReservedNames.Free(name, n => channel.Parameters.Any(p => CSharp.Camel(p.Id).TrimStart('@').Equals(n, StringComparison.Ordinal)));
}
