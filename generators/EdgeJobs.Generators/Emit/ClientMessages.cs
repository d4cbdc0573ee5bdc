using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the types of received messages: the payload with the parameters of its topic.</summary>
internal static class ClientMessages
{
    public static Code Received(ClientOperation operation, ClientNames names)
    {
        OperationModel model = operation.Operation;
        IEnumerable<string> docs = operation.Channel.Parameters.Select(p =>
            $"/// <param name=\"{Name(operation, p)}\">{Documentation.Xml(Or(p.Description, $"The parameter `{p.Id}`.").Replace("\n", " "))}</param>");
        IEnumerable<string> parameters = operation.Channel.Parameters.Select(p => $"string {Name(operation, p)}");
        return $$"""
            {{Documentation.Summary($"A message of `{model.Id}` with the parameters of its topic.")}}
            {{docs}}
            /// <param name="Message">The payload.</param>
            {{SourceFile.GeneratedCode}}
            public sealed record {{operation.Received}}({{string.Join(", ", parameters.Append($"{model.Message} Message"))}})
            {
                /// <summary>The properties of MQTT 5.</summary>
                public {{names["MessageProperties"]}} Properties { get; init; } = {{names["MessageProperties"]}}.None;

                /// <summary>Acknowledges the message if the client's option <c>AcknowledgesManually</c> is set; otherwise does nothing.</summary>
                public {{names["MessageReceipt"]}} Receipt { get; init; }
            }
            """;
    }

    /// <summary>A function that makes it from the message and its topic.</summary>
    public static Code Creator(SpecHead spec, ClientOperation operation)
    {
        if (operation.Channel.Parameters.Count == 0)
        {
            return $$"""
                static received =>
                    new {{operation.Received}}(received.Message) { Properties = received.Properties, Receipt = received.Receipt }
                """;
        }

        IEnumerable<string> arguments = operation.Channel.Parameters.Select(p => $"match.{Pascal(p.Id)}.ToString(), ");
        return $$"""
            static received =>
            {
                {{spec.Name}}Topics.TryMatch(received.Topic, out {{spec.Name}}TopicMatch match);
                return new {{operation.Received}}({{string.Concat(arguments)}}received.Message)
                {
                    Properties = received.Properties,
                    Receipt = received.Receipt,
                };
            }
            """;
    }

    /// <summary>The property of a topic parameter.</summary>
    private static string Name(ClientOperation operation, TopicParameter parameter) => ReservedNames.Free(
        Pascal(parameter.Id),
        name => name == operation.Received || ReservedNames.Members.Contains(name) || ReservedNames.ReceivedMembers.Contains(name));
}
