using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the table of operations that a client is built on.</summary>
internal static class OperationsEmitter
{
    public static string EmitTable(SpecHead spec, EquatableArray<OperationEntry> operations)
    {
        string protocol = operations.Count > 0 ? "EdgeJobs.Protocol" : "";
        string system = operations.Any(o => o.Operation is { MessageExpirySeconds: >= 0, Kind: not OperationKind.Answer }) ? "System" : "";
        return SourceFile.Write(spec, [protocol, system, "System.CodeDom.Compiler"], $$"""
            {{Documentation.Summary($"The operations of {spec.Title}.")}}
            {{SourceFile.GeneratedCode}}
            public static class {{spec.Name}}Operations
            {
                {{Code.Blocks(operations.Select(o => Operation(spec, o)))}}
            }
            """);
    }

    public static string EmitSpec(SpecHead spec, ServiceSlice service)
    {
        string name = spec.Name + "Spec";
        string[] usings = ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", "System.Collections.Generic"];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary($"The operations and channels of {spec.Title}, for a client.")}}
            {{SourceFile.GeneratedCode}}
            public sealed class {{name}} : ServiceSpec
            {
                private {{name}}()
                {
                }

                /// <summary>The single instance.</summary>
                public static {{name}} Instance { get; } = new();

                /// <inheritdoc/>
                public override IReadOnlyList<RequestOperation> Requests { get; } =
                [
                    {{service.Requests.Select(o => $"{spec.Name}Operations.{o},")}}
                ];

                {{(service.Answers.Count == 0 ? null : Answers(spec, service))}}

                /// <inheritdoc/>
                public override IReadOnlyList<EventOperation> Events { get; } =
                [
                    {{service.Events.Select(o => $"{spec.Name}Operations.{o},")}}
                ];

                /// <inheritdoc/>
                public override string AddressOf(int channel) => ({{spec.Name}}Channel)channel switch
                {
                    {{service.Channels.Select(c => $"{spec.Name}Channel.{c.Name} => {Literal(c.Address)},")}}
                    _ => throw new ArgumentOutOfRangeException(nameof(channel)),
                };

                /// <inheritdoc/>
                public override bool TryMatch(ReadOnlySpan<char> topic, out int channel)
                {
                    bool known = {{spec.Name}}Topics.TryMatch(topic, out {{spec.Name}}TopicMatch match);
                    channel = (int)match.Channel;
                    return known;
                }
            }
            """);
    }

    private static Code Answers(SpecHead spec, ServiceSlice service) => $$"""
        /// <inheritdoc/>
        public override IReadOnlyList<AnswerOperation> Answers { get; } =
        [
            {{service.Answers.Select(o => $"{spec.Name}Operations.{o},")}}
        ];
        """;

    private static Code Operation(SpecHead spec, OperationEntry entry)
    {
        OperationModel operation = entry.Operation;
        string rest = operation.Kind == OperationKind.Event ? $"isSent: {RuleText.Flag(operation.IsSend)}" : Replies(spec, entry);
        return $$"""
            {{Documentation.Summary(Or(operation.Description, $"The operation `{operation.Id}`."))}}
            public static {{Type(operation)}} {{operation.Name}} { get; } = new(
                {{Literal(operation.Id)}},
                QualityOfService.{{(operation.QualityOfService == 0 ? "AtMostOnce" : "AtLeastOnce")}},
                {{Channel(spec, entry.Channel)}},
                {{rest}}){{Binding(operation)}};
            """;
    }

    private static string Replies(SpecHead spec, OperationEntry entry) => $"""
        {Channel(spec, entry.AcceptedChannel)},
        {(entry.RejectedChannel.Length == 0 ? "0" : Channel(spec, entry.RejectedChannel))}{ReplyFilters(entry)}
        """;

    private static string ReplyFilters(OperationEntry entry) => entry.Operation.Kind == OperationKind.Answer
        ? ""
        : $",\n[{string.Join(", ", entry.ReplyFilters.Select(Literal))}]";

    private static string Channel(SpecHead spec, string name) => $"(int){spec.Name}Channel.{name}";

    /// <summary>What the MQTT binding says beyond the QoS, and where tokens are, as an initializer on a line of its own.</summary>
    private static string Binding(OperationModel operation)
    {
        bool isAnswer = operation.Kind == OperationKind.Answer;
        bool isLocated = isAnswer || operation.Kind == OperationKind.LocatedRequest;
        string members = Join(
            ", ",
            operation.Retain && !isAnswer ? "Retain = true" : "",
            operation.MessageExpirySeconds < 0 || isAnswer
                ? ""
                : $"MessageExpiry = TimeSpan.FromSeconds({Number(operation.MessageExpirySeconds)})",
            isLocated ? Location("RequestToken", operation.Token) : "",
            isLocated ? Location("AcceptedToken", operation.Accepted?.Token) : "",
            isLocated ? Location("RejectedToken", operation.Rejected?.Token) : "",
            Location("ReplyAddress", operation.ReplyAddress));
        string test = isAnswer || operation.Rejected?.Test is not { } t ? "" : $"""
            IsRejected = static (payload, properties) => {t.Type}.TryRead(payload, properties, out {t.Type}? reply, out _)
                    && reply is {string.Join(" or ", t.Records.Select(r => t.Type + "." + r))}
            """;
        return members.Length + test.Length == 0 ? ""
            : test.Length == 0 ? $"\n{{ {members} }}"
            : $"\n{{\n    {Join(",\n    ", members, test)},\n}}";
    }

    private static string Location(string member, LocationModel? location)
    {
        if (location is null)
        {
            return "";
        }

        bool hasName = location.IsMember || location.Kind == LocationKind.UserProperty;
        return $"{member} = MessageLocation.{location.Kind}{(hasName ? $"({Literal(location.Name)})" : "")}";
    }

    private static string Type(OperationModel operation)
    {
        if (operation.Accepted is not { } accepted)
        {
            return $"EventOperation<{operation.Message}>";
        }

        string type = operation.Kind + "Operation";
        return $"{type}<{operation.Message}, {accepted.Message}, {(operation.Rejected ?? accepted).Message}>";
    }
}
