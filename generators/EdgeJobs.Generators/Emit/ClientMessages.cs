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
            $"/// <param name=\"{Name(operation, p)}\">"
            + $"{Documentation.Xml(Or(p.Description, $"The parameter `{p.Id}`.").Replace("\n", " "))}</param>");
        IEnumerable<string> parameters = operation.Channel.Parameters.Select(p => $"string {Name(operation, p)}");
        bool isAnswer = model.Kind == OperationKind.Answer;
        return $$"""
            {{Documentation.Summary($"A message of `{model.Id}` with the parameters of its topic.")}}
            {{docs}}
            /// <param name="Message">The payload.</param>
            {{SourceFile.GeneratedCode}}
            public sealed record {{operation.Received}}({{string.Join(", ", parameters.Append($"{model.Message} Message"))}})
            {
                /// <summary>The properties of MQTT 5.</summary>
                public {{names["MessageProperties"]}} Properties { get; init; } = {{names["MessageProperties"]}}.None;

                {{(isAnswer ? Replies(operation, names) : Receipt(names))}}
            }
            """;
    }

    private static Code Receipt(ClientNames names) => $$"""
        /// <summary>Acknowledges the message if the client's option <c>AcknowledgesManually</c> is set; otherwise does nothing.</summary>
        public {{names["MessageReceipt"]}} Receipt { get; init; }
        """;

    private static Code Replies(ClientOperation operation, ClientNames names)
    {
        string answer = AnswerType(operation, names);
        return $"""
            /// <summary>Accepts the request.</summary>
            /// <param name="reply">The reply; its own token is ignored.</param>
            public {answer} Accept({operation.Operation.Accepted!.Message} reply) => {answer}.Accept(reply);

            {(operation.Operation.Rejected is { } rejected ? Reject(rejected) : null)}
            """;

        Code Reject(ReplyModel reply) => $"""
            /// <summary>Rejects the request.</summary>
            /// <param name="reply">The reply; its own token is ignored.</param>
            public {answer} Reject({reply.Message} reply) => {answer}.Reject(reply);
            """;
    }

    /// <summary>What a handler of requests returns.</summary>
    public static string AnswerType(ClientOperation operation, ClientNames names)
    {
        ReplyModel accepted = operation.Operation.Accepted!;
        return $"{names["Answer"]}<{accepted.Message}, {(operation.Operation.Rejected ?? accepted).Message}>";
    }

    /// <summary>A function that makes an event from a message and its topic.</summary>
    public static Code EventCreator(SpecHead spec, ClientOperation operation) => operation.Channel.Parameters.Count == 0
        ? (Code)$$"""
            static received =>
                new {{operation.Received}}(received.Message) { Properties = received.Properties, Receipt = received.Receipt }
            """
        : (Code)$$"""
            static received =>
            {
                {{Match(spec)}}
                return new {{operation.Received}}({{Arguments(operation)}}received.Message)
                {
                    Properties = received.Properties,
                    Receipt = received.Receipt,
                };
            }
            """;

    /// <summary>A function that has the handler answer a request.</summary>
    public static Code AnswerCreator(SpecHead spec, ClientOperation operation, string handler) => $$"""
        (received, cancellation) =>
        {
            {{(operation.Channel.Parameters.Count == 0 ? "" : Match(spec))}}
            {{operation.Received}} request = new({{Arguments(operation)}}received.Message) { Properties = received.Properties };
            return {{handler}}(request, cancellation);
        }
        """;

    private static string Match(SpecHead spec) =>
        $"{spec.Name}Topics.TryMatch(received.Topic, out {spec.Name}TopicMatch match);";

    private static string Arguments(ClientOperation operation) =>
        string.Concat(operation.Channel.Parameters.Select(p => $"match.{Pascal(p.Id)}.ToString(), "));

    /// <summary>The property of a topic parameter.</summary>
    private static string Name(ClientOperation operation, TopicParameter parameter) => ReservedNames.Free(
        Pascal(parameter.Id),
        name => name == operation.Received || ReservedNames.Members.Contains(name) || ReservedNames.ReceivedMembers.Contains(name));
}
