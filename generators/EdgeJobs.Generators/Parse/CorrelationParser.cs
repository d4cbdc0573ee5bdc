using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Parse;

/// <summary>
/// Reads the places in a message that a runtime expression names: <c>$message.payload#/meta/id</c>, <c>$message.header#/id</c>.
/// </summary>
internal sealed class CorrelationParser(SpecContext context)
{
    private const string Payload = "$message.payload#/";
    private const string Header = "$message.header#/";

    /// <summary>Reads the member <c>location</c> of an object; null if it is faulty, which is reported.</summary>
    /// <param name="owner">A correlation id, or the address of a reply.</param>
    /// <param name="message">The path of what it belongs to, for the diagnostic.</param>
    public LocationModel? Parse(JsonObject owner, string message)
    {
        if (context.RequiredString(owner, "location", "write '" + Payload + "member'") is not { } location)
        {
            return null;
        }

        foreach (string prefix in new[] { Payload, Header })
        {
            if (location.Value.StartsWith(prefix, StringComparison.Ordinal) && location.Value.Length > prefix.Length)
            {
                return new LocationModel(
                    prefix == Payload ? LocationKind.Text : LocationKind.UserProperty,
                    Uri.UnescapeDataString(location.Value.Substring(prefix.Length)));
            }
        }

        context.Bag.ReportValue(
            DiagnosticDescriptors.InvalidCorrelation,
            location,
            message,
            location.Value,
            "which names no place in a message: write '" + Payload + "member' or '" + Header + "name'");
        return null;
    }

    /// <summary>The member that a pointer names if it is one of the payload itself; otherwise null.</summary>
    public static string? MemberOf(LocationModel location) => location.IsMember && location.Name.IndexOf('/') < 0
        ? Unescape(location.Name)
        : null;

    /// <summary>
    /// A place once all types are known. A header of a message that declares none is a member of <c>headers</c> in the payload, if the
    /// payload has it. The type of a member decides how a token is written.
    /// </summary>
    public static LocationModel? Settle(LocationModel? location, Message message, IReadOnlyDictionary<string, TypeModel> types)
    {
        if (location is null)
        {
            return null;
        }

        if (!location.IsMember && !message.HasHeaders && location.Name.Length > 0)
        {
            string inside = "headers/" + location.Name;
            location = Find(types, message.Type, inside) is null ? location : new LocationModel(LocationKind.Text, inside);
        }

        if (!location.IsMember)
        {
            string name = new(location.Name.Where(char.IsLetter).Select(char.ToLowerInvariant).ToArray());
            return location.Kind == LocationKind.UserProperty && (message.HasCorrelationData || name == "correlationdata")
                ? new LocationModel(LocationKind.CorrelationData)
                : location;
        }

        return Find(types, message.Type, location.Name) switch
        {
            IntegerRef or NumericEnumRef => location with { Kind = LocationKind.Number },
            UuidRef => location with { Kind = LocationKind.Uuid },
            _ => location,
        };
    }

    private static TypeRef? Find(IReadOnlyDictionary<string, TypeModel> types, string type, string pointer)
    {
        TypeRef? found = null;
        foreach (string escaped in pointer.Split('/'))
        {
            string name = Unescape(escaped);
            found = types.TryGetValue(type, out TypeModel? known) && known is ObjectModel model
                ? model.Members.FirstOrDefault(m => m.JsonName == name)?.Type
                : null;
            if (found is null)
            {
                return null;
            }

            type = (found as ObjectRef)?.Name ?? "";
        }

        return found;
    }

    private static string Unescape(string part) => part.Replace("~1", "/").Replace("~0", "~");
}
