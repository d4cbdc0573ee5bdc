using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Emit.Slices;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits the table of operations that a client is built on.</summary>
internal static class OperationsEmitter
{
    public static string EmitTable(SpecHead spec, EquatableArray<OperationEntry> operations)
    {
        SourceWriter w = operations.Any(o => o.Operation.MessageExpirySeconds >= 0) ? CSharp.File(spec, "System") : CSharp.File(spec);
        CSharp.Summary(w, "The operations of " + spec.Title + ".");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public static class " + spec.Name + "Operations"))
        {
            foreach (OperationEntry entry in operations)
            {
                OperationModel operation = entry.Operation;
                w.Line();
                CSharp.Summary(w, CSharp.Or(operation.Description, "The operation `" + operation.Id + "`."));
                w.Line("public static " + Type(operation) + " " + operation.Name + " { get; } = new(");
                using (w.Indent())
                {
                    string channel = "(int)" + spec.Name + "Channel.";
                    string qos = "QualityOfService." + (operation.QualityOfService == 0 ? "AtMostOnce" : "AtLeastOnce");
                    List<string> arguments = new() { CSharp.Literal(operation.Id), qos, channel + entry.Channel };
                    if (operation.Accepted is not null)
                    {
                        arguments.Add(channel + entry.AcceptedChannel);
                        arguments.Add(operation.Rejected is null ? "0" : channel + entry.RejectedChannel);
                        arguments.Add("[" + string.Join(", ", entry.ReplyFilters.Select(CSharp.Literal)) + "]");
                    }
                    else
                    {
                        arguments.Add("isSent: " + (operation.IsSend ? "true" : "false"));
                    }

                    string more = Binding(operation);
                    for (int i = 0; i < arguments.Count; i++)
                    {
                        w.Line(arguments[i] + (i < arguments.Count - 1 ? "," : more.Length == 0 ? ");" : ")"));
                    }

                    if (more.Length > 0)
                    {
                        w.Line(more);
                    }
                }
            }
        }

        return w.ToString();
    }

    public static string EmitSpec(SpecHead spec, ServiceSlice service)
    {
        SourceWriter w = CSharp.File(spec, "System", "System.Collections.Generic");
        string name = spec.Name + "Spec";
        CSharp.Summary(w, "What a client needs to know of " + spec.Title + ".");
        w.Line(CSharp.GeneratedCode);
        using (w.Open("public sealed class " + name + " : ServiceSpec"))
        {
            using (w.Open("private " + name + "()"))
            {
            }

            w.Line();
            w.Line("/// <summary>The one instance.</summary>");
            w.Line("public static " + name + " Instance { get; } = new();");
            w.Line();
            EmitList(w, spec, "Requests", "RequestOperation", service.Requests);
            w.Line();
            EmitList(w, spec, "Events", "EventOperation", service.Events);
            w.Line();
            w.Line("/// <inheritdoc/>");
            w.Line("public override string AddressOf(int channel) => (" + spec.Name + "Channel)channel switch");
            w.Line("{");
            using (w.Indent())
            {
                foreach (ChannelEntry channel in service.Channels)
                {
                    w.Line(spec.Name + "Channel." + channel.Name + " => " + CSharp.Literal(channel.Address) + ",");
                }

                w.Line("_ => throw new ArgumentOutOfRangeException(nameof(channel)),");
            }

            w.Line("};");
            w.Line();
            w.Line("/// <inheritdoc/>");
            using (w.Open("public override bool TryMatch(ReadOnlySpan<char> topic, out int channel)"))
            {
                w.Line("bool known = " + spec.Name + "Topics.TryMatch(topic, out " + spec.Name + "TopicMatch match);");
                w.Line("channel = (int)match.Channel;");
                w.Line("return known;");
            }
        }

        return w.ToString();
    }

    /// <summary>What the MQTT binding says beyond the QoS, or nothing.</summary>
    private static string Binding(OperationModel operation)
    {
        List<string> members = new();
        if (operation.Retain)
        {
            members.Add("Retain = true");
        }

        if (operation.MessageExpirySeconds >= 0)
        {
            members.Add("MessageExpiry = TimeSpan.FromSeconds(" + CSharp.Number(operation.MessageExpirySeconds) + ")");
        }

        return members.Count == 0 ? "" : "{ " + string.Join(", ", members) + " };";
    }

    private static void EmitList(SourceWriter w, SpecHead spec, string name, string type, IEnumerable<string> operations)
    {
        w.Line("/// <inheritdoc/>");
        w.Line("public override IReadOnlyList<" + type + "> " + name + " { get; } =");
        w.Line("[");
        using (w.Indent())
        {
            foreach (string operation in operations)
            {
                w.Line(spec.Name + "Operations." + operation + ",");
            }
        }

        w.Line("];");
    }

    private static string Type(OperationModel operation) => operation.Accepted is { } accepted
        ? (operation.IsToldByTopic ? "TopicRequestOperation<" : "RequestOperation<") + operation.Message + ", " + accepted.Message + ", " + (operation.Rejected ?? accepted).Message + ">"
        : "EventOperation<" + operation.Message + ">";
}
