using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits one of several messages: an abstract record, and a nested record around each message.</summary>
internal static class MessageSetEmitter
{
    private const string Unread = "The payload. If it was read, it is a slice of the payload, valid as long as that is not modified.";

    public static string Emit(SpecHead spec, MessageSetModel model)
    {
        (string name, string unknown) = (model.Name, "Unknown" + model.Name);
        bool isCorrelated = model.CorrelationMember.Length > 0;
        string contract = isCorrelated ? "ICorrelatedMessage" : "IMessage";
        const string payload = "ReadOnlyMemory<byte> utf8Json";
        const string span = "ReadOnlySpan<byte> utf8Json";
        string result = $"[NotNullWhen(true)] out {name}? value, out CodecError error";
        string[] usings =
        [
            "EdgeJobs.Protocol", "System", "System.CodeDom.Compiler", "System.Diagnostics.CodeAnalysis", "System.Text.Json",
        ];
        return SourceFile.Write(spec, usings, $$"""
            {{Documentation.Summary(model.Description)}}
            /// <remarks>
            /// One of {{string.Join(", ", model.Messages.Select(m => $"<see cref=\"{m.Record}\"/>"))}},
            /// or an <see cref="{{unknown}}"/> when this build does not know it.
            /// {{Documentation.Xml(HowFound(model))}}
            /// </remarks>
            {{SourceFile.GeneratedCode}}
            public abstract partial record {{name}} : {{contract}}<{{name}}>
            {
                private protected {{name}}()
                {
                }

                {{(isCorrelated ? CorrelationMember(model) : null)}}

                /// <inheritdoc/>
                public static bool TryRead({{payload}}, {{result}}) =>
                    TryRead(utf8Json, MessageProperties.None, out value, out error);

                /// <inheritdoc/>
                public static bool TryRead(
                    {{payload}}, MessageProperties properties, {{result}})
                {
                    switch (Find(utf8Json, properties))
                    {
                        {{model.Messages.Select(ReadCase)}}
                        default:
                            value = new {{unknown}}(new ByteString(utf8Json));
                            error = default;
                            break;
                    }

                    return value is not null;
                }

                /// <inheritdoc/>
                public static bool CanRead({{span}}, out CodecError error) => TryRead(utf8Json.ToArray(), out _, out error);

                /// <inheritdoc/>
                public abstract void WriteTo(Utf8JsonWriter writer);

                {{(isCorrelated ? WriteCorrelated("abstract ", ";") : null)}}

                /// <inheritdoc/>
                public abstract bool TryValidate(out ConstraintViolation violation);

                {{Code.Blocks(model.Messages.Select(Conversion))}}

                {{Find(model)}}

                {{Code.Blocks(model.Messages.Select(m => Entry(model, m)))}}
            }

            {{Unknown(model, unknown)}}
            """);

        Code Conversion(MessageSetEntry m) => $"""
            /// <summary>Wraps a message.</summary>
            public static implicit operator {name}({m.Type} value) => new {m.Record}(value);
            """;
    }

    private static string HowFound(MessageSetModel model)
    {
        string search = "the message is the first one that can read the payload, whose limits it satisfies, and that knows most of its "
            + "members.";
        string properties = model.Header.Length > 0
            ? $"The MQTT 5 user property `{model.Header}` distinguishes them. "
            : model.HasContentTypes ? "The MQTT 5 content type distinguishes them. " : "";
        string member = model.Discriminator.Length > 0 ? $"The member `{model.Discriminator}` distinguishes them. " : "";
        return properties + (properties.Length > 0 && member.Length > 0 ? "Without it: " : "") + member
            + (properties.Length + member.Length > 0 ? "Without it: " + search : Pascal(search));
    }

    private static Code CorrelationMember(MessageSetModel model) => $"""
        /// <inheritdoc/>
        public static ReadOnlySpan<byte> CorrelationMember => {Literal(model.CorrelationMember)}u8;
        """;

    private static Code WriteCorrelated(string modifier, string body) => $"""
        /// <inheritdoc/>
        public {modifier}void WriteTo(Utf8JsonWriter writer, ReadOnlySpan<byte> correlationToken){body}
        """;

    private static Code ReadCase(MessageSetEntry message, int index)
    {
        string local = "message" + Number(index + 1);
        return $"""
            case {index + 1}:
                value = {message.Type}.TryRead(utf8Json, out {message.Type}? {local}, out error) ? new {message.Record}({local}) : null;
                break;
            """;
    }

    private static Code Find(MessageSetModel model)
    {
        return $$"""
            /// <summary>The number of the message, counted from 1; 0 for none.</summary>
            private static int Find(ReadOnlyMemory<byte> payload, MessageProperties properties)
            {
                {{ByProperty(model)}}

                {{ByMember(model)}}

                {{Search(model)}}
            }
            """;
    }

    private static Code? ByProperty(MessageSetModel model)
    {
        if (model.Header.Length > 0)
        {
            return $$"""
                if (properties.UserProperty({{Literal(model.Header)}}) is { } header)
                {
                    return header switch
                    {
                        {{model.Messages.Select((m, i) => $"{Literal(m.Header)} => {Number(i + 1)},")}}
                        _ => 0,
                    };
                }
                """;
        }

        if (!model.HasContentTypes)
        {
            return null;
        }

        return $$"""
            switch (MessageFinder.MediaType(properties.ContentType))
            {
                {{model.Messages.Select(Code (m, i) => $"""
                    case {Literal(m.ContentType)}:
                        return {i + 1};
                    """)}}
            }
            """;
    }

    private static Code? ByMember(MessageSetModel model)
    {
        if (model.Discriminator.Length == 0)
        {
            return null;
        }

        return $$"""
            if (CorrelationToken.TryRead(payload.Span, {{Literal(model.Discriminator)}}u8, out JsonText member))
            {
                return {{model.Messages.Select(Test)}}
                    : 0;
            }
            """;

        static string Test(MessageSetEntry message, int index) =>
            $"{(index == 0 ? "" : "    : ")}member.Equals({Literal(message.Constant)}u8) ? {Number(index + 1)}";
    }

    /// <summary>JSON before text, and text before bytes, which can all be read as the next.</summary>
    private static Code Search(MessageSetModel model)
    {
        if (model.Messages.FirstOrDefault(m => m.Format == PayloadFormat.Empty) is { } empty && model.Messages.Count == 2)
        {
            int index = model.Messages.ToList().IndexOf(empty) + 1;
            return $"return payload.IsEmpty ? {index} : {3 - index};";
        }

        IEnumerable<string> attempts = model.Messages.Select((m, i) => (Message: m, Number: i + 1))
            .OrderBy(m => m.Message.Format)
            .Select(m => Attempt(m.Message, m.Number));
        return $"""
            int found = 1;
            int best = 0;
            {attempts}
            return found;
            """;
    }

    private static string Attempt(MessageSetEntry message, int number)
    {
        if (message.Format == PayloadFormat.Empty)
        {
            return $"found = payload.IsEmpty ? {Number(number)} : found;";
        }

        string order = Number((int)PayloadFormat.Empty - (int)message.Format);
        string members = ChoiceViewEmitter.Names(message.Members);
        return $"MessageFinder.Try<{message.Type}>(payload, {order}, {members}, {Number(number)}, ref found, ref best);";
    }

    private static Code Entry(MessageSetModel model, MessageSetEntry message)
    {
        string correlated = model.CorrelationMember.Length > 0
            ? WriteCorrelated("override ", " => Value.WriteTo(writer, correlationToken);").ToString()
            : "";
        Code? properties = PropertiesToSend(model, message);
        string contract = properties is null ? "" : ", IMessage";
        return $$"""
            /// <summary>A <see cref="{{message.Type}}"/>.</summary>
            /// <param name="Value">The message.</param>
            public sealed record {{message.Record}}({{message.Type}} Value) : {{model.Name}}{{contract}}
            {
                /// <inheritdoc/>
                public override void WriteTo(Utf8JsonWriter writer) => Value.WriteTo(writer);

                {{correlated}}

                /// <inheritdoc/>
                public override bool TryValidate(out ConstraintViolation violation) => Value.TryValidate(out violation);

                {{properties}}
            }
            """;
    }

    private static Code? PropertiesToSend(MessageSetModel model, MessageSetEntry message)
    {
        string header = model.Header.Length > 0 ? $"UserProperties = [new({Literal(model.Header)}, {Literal(message.Header)})]" : "";
        string type = model.HasContentTypes ? $"ContentType = {Literal(message.ContentType)}" : "";
        if (header.Length + type.Length == 0)
        {
            return null;
        }

        return $$"""
            MessageProperties IMessage.PropertiesToSend => new() { {{Join(", ", type, header)}} };
            """;
    }

    private static Code Unknown(MessageSetModel model, string unknown)
    {
        string correlated = model.CorrelationMember.Length > 0 ? WriteCorrelated("override ", " => WriteTo(writer);").ToString() : "";
        return $$"""
            /// <summary>A <see cref="{{model.Name}}"/> that this build does not know: it is written back unchanged.</summary>
            /// <param name="Payload">{{Unread}}</param>
            {{SourceFile.GeneratedCode}}
            public sealed partial record {{unknown}}(ByteString Payload) : {{model.Name}}
            {
                /// <inheritdoc/>
                public override void WriteTo(Utf8JsonWriter writer) => TextPayload.WriteRaw(writer, Payload.Span);

                {{correlated}}

                /// <inheritdoc/>
                public override bool TryValidate(out ConstraintViolation violation)
                {
                    violation = default;
                    return true;
                }
            }
            """;
    }
}
