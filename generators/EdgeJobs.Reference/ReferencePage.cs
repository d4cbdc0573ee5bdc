using System.Globalization;
using EdgeJobs.Generators.Emit;
using EdgeJobs.Generators.Model;

namespace EdgeJobs.Reference;

/// <summary>
/// The reference page of a spec. It is written from the model that the generator parses, so it agrees with the generated code.
/// </summary>
internal static class ReferencePage
{
    /// <summary>Writes the page.</summary>
    /// <param name="spec">The spec.</param>
    /// <param name="file">The name of its file, for the comment that names the source of the page.</param>
    public static string Write(SpecModel spec, string file)
    {
        Markdown page = new();
        page.Heading(1, spec.Title);
        page.Paragraph("<!-- Generated from " + file + " by EdgeJobs.Reference. Change the spec, not this page. -->");
        page.Paragraph("Version " + spec.Version + "."
            + (spec.Namespace.Length == 0 ? "" : " In C# everything is in the namespace " + Markdown.Code(spec.Namespace) + ".")
            + " Lengths count Unicode characters.");
        Operations(page, spec);
        Channels(page, spec);
        JobOperations(page, spec);
        Objects(page, spec);
        Enums(page, spec);
        return page.ToString();
    }

    private static void Operations(Markdown page, SpecModel spec)
    {
        if (spec.Operations.Count == 0)
        {
            return;
        }

        page.Heading(2, "Operations");
        foreach (OperationModel operation in spec.Operations)
        {
            page.Heading(3, operation.Id);
            page.Paragraph(operation.Description);
            List<string[]> rows = [[operation.IsSend ? "sent" : "received", Address(operation.Channel), Link(operation.Message)]];
            Reply("accepted", operation.Accepted);
            Reply("rejected", operation.Rejected);
            page.Table(["", "Topic", "Message"], rows);
            string filters = string.Join(", ", TopicFilter.Of(spec, operation)
                .Select(f => $"{Markdown.Code(f.Address)} ({Markdown.Code(spec.Name + "Topics." + f.Name)})"));
            page.Paragraph("QoS " + operation.QualityOfService.ToString(CultureInfo.InvariantCulture)
                + (operation.Retain ? ", retained" : "")
                + (operation.MessageExpirySeconds < 0
                    ? ""
                    : $", expires after {operation.MessageExpirySeconds.ToString(CultureInfo.InvariantCulture)} s")
                + "; in C# " + Markdown.Code(spec.Name + "Operations." + operation.Name)
                + (filters.Length == 0 ? "" : "; to subscribe: " + filters)
                + "."
                + (operation.Kind == OperationKind.TopicRequest
                    ? " Replies have no token and are matched by topic: one request at a time."
                    : ""));

            void Reply(string what, ReplyModel? reply)
            {
                if (reply is not null)
                {
                    rows.Add([what, Address(reply.Channel), Link(reply.Message)]);
                }
            }
        }

        string Address(int channel) => Topic(spec.Channels[channel]);
    }

    private static string Topic(ChannelModel channel) => channel.HasAddress ? Markdown.Code(channel.Address) : "known at run time";

    private static void Channels(Markdown page, SpecModel spec)
    {
        if (spec.Channels.Count == 0)
        {
            return;
        }

        page.Heading(2, "Channels");
        page.Table(
            ["Channel", "Topic", "C#", ""],
            spec.Channels.Select(c => new[]
            {
                c.Id,
                Topic(c),
                c.HasAddress ? Markdown.Code($"{spec.Name}Topics.{c.Name}({string.Join(", ", c.Parameters.Select(p => p.Id))})") : "",
                Text(c.Description),
            }));
        TopicRules rules = new(spec.Channels);
        page.Table(
            ["Parameter", "Value", "C#", ""],
            rules.All.Select(r => new[]
            {
                Markdown.Code("{" + r.Parameter.Id + "}"),
                Or(RuleText.Text(r.Parameter.Rule), "one topic level"),
                Markdown.Code(spec.Name + "Topics." + r.Check),
                Text(r.Parameter.Description),
            }));
    }

    private static void JobOperations(Markdown page, SpecModel spec)
    {
        if (spec.JobOperations.Count == 0)
        {
            return;
        }

        page.Heading(2, "Job operations");
        page.Paragraph("The kinds of job documents, and the member that identifies each.");
        page.Table(
            ["Operation", "Identified by", "Document", ""],
            spec.JobOperations.Select(o => new[]
            {
                o.Id,
                o.Value.Length == 0 ? "the member " + Markdown.Code(o.Member) : Markdown.Code(o.Member) + " = " + Markdown.Code(o.Value),
                Link(o.Document),
                Text(o.Description),
            }));
    }

    private static void Objects(Markdown page, SpecModel spec)
    {
        TypeModel[] types = [.. spec.Types.Where(t => t is not (EnumModel or NumericEnumModel))];
        if (types.Length == 0)
        {
            return;
        }

        page.Heading(2, "Objects");
        page.Paragraph(
            "In C# each is a record with this name, and a view (the name with the suffix `View`) that reads a payload in place.");
        foreach (TypeModel described in types)
        {
            page.Heading(3, described.Name);
            if (described is not ObjectModel type)
            {
                page.Paragraph(Text(described.Description));
                if (described is UnionModel union)
                {
                    page.Paragraph("One of these objects" + (union.IsDeprecated ? ". Deprecated." : ":"));
                    page.Table(
                        [Markdown.Code(union.Discriminator.JsonName), "Object"],
                        union.Alternatives.Select(a => new[] { Markdown.Code(a.Wire), Link(a.Type) }));
                }

                continue;
            }

            page.Paragraph(Text(type.Description)
                + (type.CorrelationMember < 0 ? "" : " " + Markdown.Code(type.Members[type.CorrelationMember].JsonName)
                    + " matches the reply to its request.")
                + (type.IsDeprecated ? " Deprecated." : ""));
            page.Table(["Member", "Type", "Required", "C#", "Limits", ""], type.Members.Select(m => new[]
            {
                m.Type is RestRef ? "any other" : Markdown.Code(m.JsonName),
                Type(m.Type),
                m.IsRequired ? "yes" : "",
                Markdown.Code(TypeNames.Property(m) + " " + m.Name),
                m.Type is AnyTypeRef ? "" : RuleText.Documentation(m.Type).TrimEnd('.'),
                (Text(m.Description) + (m.Default.Length == 0 ? "" : " Absent means " + Markdown.Code(m.Default) + ".")
                    + (m.IsDeprecated ? " Deprecated." : "")).TrimStart(),
            }));
        }
    }

    private static void Enums(Markdown page, SpecModel spec)
    {
        TypeModel[] enums = [.. spec.Types.Where(t => t is EnumModel or NumericEnumModel)];
        if (enums.Length == 0)
        {
            return;
        }

        page.Heading(2, "Enums");
        page.Paragraph("An unknown value is read as `Unknown`.");
        foreach (TypeModel type in enums)
        {
            page.Heading(3, type.Name);
            page.Paragraph(Text(type.Description));
            page.Table(["Value", "C#", ""], type switch
            {
                EnumModel e => e.Values.Select(v => new[] { Markdown.Code(v.Wire), Markdown.Code(v.Name), Text(v.Description) }),
                NumericEnumModel e => e.Values.Select(v => new[]
                {
                    Markdown.Code(v.Wire.ToString(CultureInfo.InvariantCulture)), Markdown.Code(v.Name), Text(v.Description),
                }),
                _ => [],
            });
        }
    }

    /// <summary>The type on the wire.</summary>
    private static string Type(TypeRef type) => type switch
    {
        StringRef { IsSecret: true } => "string, secret",
        StringRef => "string",
        IntegerRef => "integer",
        NumberRef => "number",
        BooleanRef => "true or false",
        DateTimeRef => "string, RFC 3339 time",
        DateRef => "string, RFC 3339 date",
        UuidRef => "string, UUID",
        BytesRef => "string, base64",
        RawObjectRef => "object of any form",
        ObjectRef o => Link(o.Name),
        UnionRef u => Link(u.Name),
        EnumRef e => Link(e.Name),
        NumericEnumRef e => Link(e.Name),
        ArrayRef a => "array of " + Type(a.Element),
        MapRef m => "object with values: " + Type(m.Value),
        _ => RuleText.Kinds(type),
    };

    /// <summary>A link to a type's own heading.</summary>
    private static string Link(string type) => type.Length == 0 ? "" : "[" + type + "](#" + type.ToLowerInvariant() + ")";

    private static string Text(string description) => description.Replace("<", "&lt;", StringComparison.Ordinal);

    private static string Or(string text, string fallback) => text.Length == 0 ? fallback : text;
}
