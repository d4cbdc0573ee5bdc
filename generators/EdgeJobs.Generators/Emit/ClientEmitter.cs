using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the client: a class with a method for each operation, over the run-time class <c>ServiceClient</c>.</summary>
internal static class ClientEmitter
{
    private static readonly string[] Usings =
    [
        "EdgeJobs.Client", "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", "System.Threading", "System.Threading.Tasks",
    ];

    public static string Emit(ClientSlice slice)
    {
        SpecHead spec = slice.Head;
        ClientNames names = new(slice);
        string name = slice.Name;
        return SourceFile.Write(spec, Usings, $$"""
            {{Documentation.Summary(
                $"A client of {spec.Title}. It reconnects and resubscribes by itself; failures of requests are values.")}}
            {{SourceFile.GeneratedCode}}
            public sealed class {{name}} : {{names["IAsyncDisposable"]}}
            {
                private readonly {{names["ServiceClient"]}} _client;

                /// <summary>Creates a client that is not connected yet.</summary>
                /// <param name="options">The options.</param>
                public {{name}}({{names["ServiceClientOptions"]}} options)
                {
                    _client = new {{names["ServiceClient"]}}({{spec.Name}}Spec.Instance, options);
                }

                /// <summary>True while connected with every subscription granted.</summary>
                public bool IsConnected => _client.IsConnected;

                /// <summary>Connects and subscribes. Call it once; after it succeeds the client reconnects automatically.</summary>
                /// <param name="cancellationToken">Cancels the attempt.</param>
                /// <returns>Success, or the failure with a message for the operator.</returns>
                public {{names["Task"]}}<{{names["ConnectResult"]}}> ConnectAsync({{names["CancellationToken"]}} cancellationToken = default) =>
                    _client.ConnectAsync(cancellationToken);

                /// <summary>Sends DISCONNECT, closes the connection and stops reconnecting.</summary>
                /// <param name="cancellationToken">Closes without waiting until DISCONNECT is sent.</param>
                public {{names["Task"]}} DisconnectAsync({{names["CancellationToken"]}} cancellationToken = default) =>
                    _client.DisconnectAsync(cancellationToken);

                /// <summary>Closes without sending DISCONNECT. Requests that wait get a value, and event feeds end.</summary>
                public {{names["ValueTask"]}} DisposeAsync() => _client.DisposeAsync();

                {{Code.Blocks(slice.Operations.Select(o => Method(spec, o, names)))}}
            }

            {{Code.Blocks(slice.Operations.Where(o => o.Received.Length > 0).Select(o => ClientMessages.Received(o, names)))}}
            """);
    }

    private static Code Method(SpecHead spec, ClientOperation operation, ClientNames names) => operation.Operation switch
    {
        { Kind: OperationKind.Answer } => Answer(spec, operation, names),
        { Kind: not OperationKind.Event } => Request(spec, operation, names),
        { IsSend: true } => Publish(spec, operation, names),
        _ => Listen(spec, operation, names),
    };

    private static Code Request(SpecHead spec, ClientOperation operation, ClientNames names)
    {
        OperationModel model = operation.Operation;
        string request = ClientNames.Own("request", operation.Channel);
        string cancellation = ClientNames.Own("cancellationToken", operation.Channel);
        string reply = $"{names["Reply"]}<{model.Accepted!.Message}, {(model.Rejected ?? model.Accepted).Message}>";
        string[] filters = operation.ReplyFilters.Select(f => $"{spec.Name}Topics.{f.Name}({string.Join(", ", f.Arguments)})")
            .Concat(["null", "null"]).ToArray();
        return $$"""
            {{Summary(operation)}}
            {{TopicDocs(operation)}}
            /// <param name="{{request}}">The request.</param>
            /// <param name="{{cancellation}}">Stops waiting.</param>
            /// <returns>The reply, or why there is none.</returns>
            {{Exception(operation)}}
            public {{names["ValueTask"]}}<{{reply}}> {{operation.Method}}Async({{Parameters(operation, $"{model.Message} {request}")}}{{names["CancellationToken"]}} {{cancellation}} = default) =>
                _client.RequestAsync(
                    {{spec.Name}}Operations.{{model.Name}},
                    {{Topic(spec, operation)}},
                    {{request}},
                    {{filters[0]}},
                    {{filters[1]}},
                    {{cancellation}});
            """;
    }

    private static Code Publish(SpecHead spec, ClientOperation operation, ClientNames names)
    {
        string message = ClientNames.Own("message", operation.Channel);
        string cancellation = ClientNames.Own("cancellationToken", operation.Channel);
        return $$"""
            {{Summary(operation)}}
            {{TopicDocs(operation)}}
            /// <param name="{{message}}">The message; not sent if it violates a limit of the spec.</param>
            /// <param name="{{cancellation}}">Stops waiting; the message may have been sent.</param>
            /// <returns>Whether the server has it, or why not.</returns>
            {{Exception(operation)}}
            public {{names["ValueTask"]}}<{{names["PublishResult"]}}> {{operation.Method}}Async({{Parameters(operation, $"{operation.Operation.Message} {message}")}}{{names["CancellationToken"]}} {{cancellation}} = default) =>
                _client.PublishAsync({{spec.Name}}Operations.{{operation.Operation.Name}}, {{Topic(spec, operation)}}, {{message}}, {{cancellation}});
            """;
    }

    private static Code Listen(SpecHead spec, ClientOperation operation, ClientNames names) => $$"""
        {{Summary(operation)}}
        {{TopicsEmitter.ParameterDocs(operation.Channel, " Null matches any value.")}}
        /// <returns>The feed: enumerate it with <c>await foreach</c>.</returns>
        {{Exception(operation)}}
        public {{names["EventFeed"]}}<{{operation.Received}}> {{operation.Method}}({{FilterParameters(operation)}}) =>
            _client.Listen(
                {{spec.Name}}Operations.{{operation.Operation.Name}},
                {{Filter(spec, operation)}},
                {{ClientMessages.EventCreator(spec, operation)}});
        """;

    private static Code Answer(SpecHead spec, ClientOperation operation, ClientNames names)
    {
        string handler = ClientNames.Own("handler", operation.Channel);
        string answer = $"{names["ValueTask"]}<{ClientMessages.AnswerType(operation, names)}>";
        string type = $"{names["Func"]}<{operation.Received}, {names["CancellationToken"]}, {answer}>";
        string more = operation.Channel.Parameters.Count == 0 ? "" : ", " + FilterParameters(operation);
        return $$"""
            {{Summary(operation)}}
            /// <remarks>Call it once, before <see cref="ConnectAsync"/>, which subscribes to the requests.</remarks>
            /// <param name="{{handler}}">
            /// Answers a request; several at the same time. Its token is cancelled when the client is disposed of. An exception is logged,
            /// and the request gets no reply.
            /// </param>
            {{TopicsEmitter.ParameterDocs(operation.Channel, " Null matches any value.")}}
            {{Exception(operation)}}
            /// <exception cref="InvalidOperationException">The client is connected, or the operation has a handler.</exception>
            public void {{operation.Method}}({{type}} {{handler}}{{more}}) =>
                _client.Answer(
                    {{spec.Name}}Operations.{{operation.Operation.Name}},
                    {{Filter(spec, operation)}},
                    {{ClientMessages.AnswerCreator(spec, operation, handler)}});
            """;
    }

    private static Code Summary(ClientOperation operation) => Documentation.Summary(
        Or(operation.Operation.Description, $"The operation `{operation.Operation.Id}`."),
        operation.Channel.HasAddress ? $"`{operation.Channel.Address}`" : "");

    private static string Exception(ClientOperation operation) => operation.Channel.Parameters.Count > 0
        ? "/// <exception cref=\"ArgumentException\">A topic parameter violates its rule.</exception>"
        : "";

    private static IEnumerable<string> TopicDocs(ClientOperation operation) => operation.Channel.HasAddress
        ? TopicsEmitter.ParameterDocs(operation.Channel)
        : ["/// <param name=\"topic\">The topic, which the spec leaves open.</param>"];

    /// <summary>The required topic parameters, the message, and the topic parameters with a default, each followed by a comma.</summary>
    private static string Parameters(ClientOperation operation, string message)
    {
        IEnumerable<string> required = operation.Channel.HasAddress
            ? operation.Channel.Parameters.Where(p => p.Default is null).Select(p => $"string {Camel(p.Id)}")
            : ["string topic"];
        IEnumerable<string> optional =
            operation.Channel.Parameters.Where(p => p.Default is not null).Select(p => $"string {Camel(p.Id)} = {Literal(p.Default!)}");
        return string.Concat(required.Append(message).Concat(optional).Select(p => p + ", "));
    }

    private static string FilterParameters(ClientOperation operation) =>
        string.Join(", ", operation.Channel.Parameters.Select(p => $"string? {Camel(p.Id)} = null"));

    /// <summary>The topic that is sent to. Its builder has the parameters with a default last.</summary>
    private static string Topic(SpecHead spec, ClientOperation operation) => operation.Channel.HasAddress
        ? $"{spec.Name}Topics.{operation.Channel.Name}({Arguments(operation.Channel.Parameters.OrderBy(p => p.Default is not null))})"
        : "topic";

    private static string Filter(SpecHead spec, ClientOperation operation) =>
        $"{spec.Name}Topics.{operation.Operation.Name}Filter({Arguments(operation.Channel.Parameters)})";

    private static string Arguments(IEnumerable<TopicParameter> parameters) => string.Join(", ", parameters.Select(p => Camel(p.Id)));
}
