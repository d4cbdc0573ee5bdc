using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Slices;

/// <summary>The client of a spec: a method for each operation.</summary>
/// <param name="Head">What every file says about its spec.</param>
/// <param name="Name">The class.</param>
/// <param name="Operations">In the order of the document.</param>
/// <param name="Hiding">Types of the spec that have the name of a type that the client uses.</param>
internal sealed record ClientSlice(
    SpecHead Head, string Name, EquatableArray<ClientOperation> Operations, EquatableArray<string> Hiding) : FileSlice(Head)
{
    public override string FileName => Name + ".g.cs";

    public static ClientSlice Of(SpecHead head, SpecModel spec)
    {
        HashSet<string> types = new(spec.Types.Select(t => t.Name), StringComparer.OrdinalIgnoreCase);
        string name = ReservedNames.Free(spec.Name + "Client", types.Contains);
        types.Add(name);
        List<ClientOperation> operations = new();
        foreach (OperationModel operation in spec.Operations)
        {
            if (ClientOperation.Of(spec, operation, name, types) is { } found)
            {
                operations.Add(found);
            }
        }

        return new ClientSlice(
            head,
            name,
            new EquatableArray<ClientOperation>(operations),
            new EquatableArray<string>(spec.Types.Select(t => t.Name).Where(ReservedNames.ClientTypes.Contains).ToArray()));
    }
}

/// <summary>An operation with what its method in the client shows.</summary>
/// <param name="Operation">The operation; the indices of its channels are 0.</param>
/// <param name="Channel">The channel of its topic.</param>
/// <param name="Method">The name of the method, without the suffix <c>Async</c>.</param>
/// <param name="Received">The type of a received message with its topic parameters; empty for an operation that sends.</param>
/// <param name="ReplyFilters">The filters of the replies of a request.</param>
internal sealed record ClientOperation(
    OperationModel Operation, ChannelModel Channel, string Method, string Received, EquatableArray<ClientFilter> ReplyFilters)
{
    /// <summary>The operation, or null if it has no topic to receive from.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="operation">The operation.</param>
    /// <param name="client">The class, whose name no method can have.</param>
    /// <param name="types">The types of the spec, to which that of the operation is added.</param>
    public static ClientOperation? Of(SpecModel spec, OperationModel operation, string client, HashSet<string> types)
    {
        ChannelModel channel = spec.Channels[operation.Channel];
        if (!operation.IsSend && !channel.HasAddress)
        {
            return null;
        }

        string received = operation.IsSend ? "" : ReservedNames.Free(operation.Name + "Received", types.Contains);
        types.Add(received);
        string method = operation.Kind == OperationKind.Answer ? "Answer" + operation.Name : operation.Name;
        return new ClientOperation(
            operation with { Channel = 0, Accepted = Anywhere(operation.Accepted), Rejected = Anywhere(operation.Rejected) },
            channel,
            ReservedNames.Free(method, name => name == client || ReservedNames.IsClientMember(name, spec.Name)),
            received,
            new EquatableArray<ClientFilter>(
                TopicFilter.OfReplies(spec, operation).Select(filter => ClientFilter.Of(filter, channel)).ToArray()));
    }

    private static ReplyModel? Anywhere(ReplyModel? reply) => reply is null ? null : reply with { Channel = 0 };
}

/// <summary>A filter of replies.</summary>
/// <param name="Name">The method that builds it.</param>
/// <param name="Arguments">Its arguments: parameters of the request, or null.</param>
internal sealed record ClientFilter(string Name, EquatableArray<string> Arguments)
{
    /// <summary>
    /// The filter for one request: a parameter that the request does not have, or has with another rule, matches any value.
    /// </summary>
    public static ClientFilter Of(TopicFilter filter, ChannelModel request) => new(
        filter.Name,
        new EquatableArray<string>(filter.Channel.Parameters.Select(parameter =>
            request.Parameters.FirstOrDefault(asked => asked.Name == parameter.Name && asked.Rule == parameter.Rule) is { } same
                ? CSharp.Camel(same.Id)
                : "null").ToArray()));
}
