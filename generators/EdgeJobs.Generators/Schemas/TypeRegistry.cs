using System;
using System.Collections.Generic;
using System.Linq;
using EdgeJobs.Generators.Collections;
using EdgeJobs.Generators.Context;
using EdgeJobs.Generators.Diagnostics;
using EdgeJobs.Generators.Json;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Names;

namespace EdgeJobs.Generators.Schemas;

/// <summary>The named types of a spec: their names, and the objects whose members are still to be read.</summary>
internal sealed class TypeRegistry
{
    private const int MaxTitleWords = 4;
    private const int MaxTitleLength = 40;

    private readonly SpecContext _context;
    private readonly NameScope _names;
    private readonly Queue<(string Name, Schema Schema)> _queue = new();
    private readonly Dictionary<string, TypeModel> _types = new(StringComparer.Ordinal);
    private readonly List<(string Type, string Member, JsonString Location, JsonObject Message)> _correlations = new();
    private readonly Dictionary<string, string> _descriptions = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _examples = new(StringComparer.Ordinal);
    private readonly List<(string Type, UnionBase Union, JsonNode Place)> _alternatives = new();

    /// <param name="context">The shared state.</param>
    /// <param name="spec">The name of the service, the prefix of the classes that are emitted once.</param>
    public TypeRegistry(SpecContext context, string spec)
    {
        _context = context;

        // These become file names, and some file systems ignore case.
        _names = new NameScope(context, "x-name", ignoreCase: true);
        JsonObject? schemas = (context.Root["components"] as JsonObject)?["schemas"] as JsonObject;
        _names.ChooseAll(schemas?.Members ?? Array.Empty<JsonNode>());
        JsonNode owner = context.Root["info"] ?? context.Root;
        foreach (string suffix in new[] { "Channel", "Topics", "TopicMatch", "Operations", "JobOperations", "Spec" })
        {
            _names.TakeFixed(spec + suffix, owner);
        }
    }

    public IReadOnlyDictionary<string, TypeModel> Types => _types;

    /// <summary>Where the members of objects stand, for faults that are found later.</summary>
    public Dictionary<(string Type, string Member), JsonNode> Places { get; } = new();

    /// <summary>
    /// Takes the C# name of a schema, which depends on its place alone: its key in <c>components/schemas</c>, or the name
    /// of its parent followed by its own name.
    /// </summary>
    public string TakeName(JsonObject site) => Take(NameOf(site), site, Names);

    /// <summary>As <see cref="TakeName"/>, without the names of the methods that each enum has.</summary>
    public string TakeEnumName(JsonObject site) =>
        _names.Take(NameOf(site), site, n => IsReserved(n) || ReservedNames.EnumMethods.Contains(n), Names);

    /// <summary>As <see cref="TakeName"/>, with the additional names that a union needs.</summary>
    public string TakeUnionName(JsonObject site) =>
        Take(NameOf(site), site, n => Names(n).Concat(new[] { "Unknown" + n, n + "Alternative" }).ToArray());

    /// <summary>
    /// As <see cref="TakeName"/>, for the record around a payload; it gets the suffix <c>Message</c> if the type of the payload has its
    /// name.
    /// </summary>
    /// <param name="site">The schema or message that gives the name.</param>
    /// <param name="other">The name of the type of the payload, or null.</param>
    public string TakeMessageName(JsonObject site, string? other)
    {
        string name = NameOf(site);
        return Take(name == other ? name + "Message" : name, site, n => new[] { n, n + "View" });
    }

    /// <summary>Takes the name of a type that stands for several messages, or for an unknown one.</summary>
    public string TakeSetName(string name, JsonNode owner) =>
        _names.Take(name, owner, IsReserved, n => new[] { n, n + "View", "Unknown" + n });

    /// <summary>Completes the sets of messages, once all objects are read: what distinguishes the messages, and their members.</summary>
    public void ApplyMessageSets()
    {
        foreach (MessageSetModel set in _types.Values.OfType<MessageSetModel>().ToList())
        {
            ObjectModel?[] objects = set.Messages
                .Select(m => _types.TryGetValue(m.Type, out TypeModel? type) ? type as ObjectModel : null)
                .ToArray();
            string discriminator = objects[0] is { } first
                ? Constants(first).Keys.FirstOrDefault(k => AreDistinct(objects.Select(o => o is null ? null : ConstantOf(o, k)))) ?? ""
                : "";
            List<string> tokens = objects
                .Select(o => o is { CorrelationMember: >= 0 } c ? c.Members[c.CorrelationMember].JsonName : "")
                .ToList();
            List<string> records = FreeRecords(set.Messages.Select(m => m.Type).ToList());
            _types[set.Name] = set with
            {
                Discriminator = discriminator,
                CorrelationMember = tokens.Distinct().Count() == 1 ? tokens[0] : "",
                Messages = new EquatableArray<MessageSetEntry>(set.Messages.Select((m, i) => m with
                {
                    Record = "Of" + records[i],
                    Format = _types.TryGetValue(m.Type, out TypeModel? type) && type is ValueModel value
                        ? value.Format
                        : PayloadFormat.Json,
                    Constant = objects[i] is { } o ? ConstantOf(o, discriminator) ?? "" : "",
                    Members = objects[i] is { } known ? MembersOf(known) : EquatableArray<string>.Empty,
                }).ToArray()),
            };
        }
    }

    /// <summary>Renames alternatives of choices whose records would hide a type, once all types are known.</summary>
    public void RenameAlternatives()
    {
        foreach (ChoiceModel choice in _types.Values.OfType<ChoiceModel>().ToList())
        {
            List<string> names = FreeRecords(choice.Alternatives.Select(a => a.Name).ToList());
            _types[choice.Name] = choice with
            {
                Alternatives = new EquatableArray<ChoiceAlternative>(
                    choice.Alternatives.Select((a, i) => a with { Name = names[i] }).ToArray()),
            };
        }
    }

    /// <summary>Names of alternatives, with a number where the nested record <c>OfX</c> would hide the type <c>OfX</c>.</summary>
    private List<string> FreeRecords(List<string> names)
    {
        HashSet<string> taken = new(names.Where(n => !_names.IsTaken("Of" + n)), StringComparer.OrdinalIgnoreCase);
        return names.ConvertAll(name =>
        {
            string stem = char.IsDigit(name[name.Length - 1]) ? name + "_" : name;
            for (int number = 2; _names.IsTaken("Of" + name) || (number > 2 && !taken.Add(name)); number++)
            {
                name = stem + CSharp.Number(number);
            }

            return name;
        });
    }

    private static EquatableArray<string> MembersOf(ObjectModel model)
    {
        IEnumerable<string> discriminator = model.Union is { } union ? new[] { union.Discriminator.JsonName } : Enumerable.Empty<string>();
        IEnumerable<string> members = model.Members.Where(m => m.Type is not RestRef).Select(m => m.JsonName);
        return new EquatableArray<string>(discriminator.Concat(members).ToArray());
    }

    /// <summary>The members of an object that can have one string only.</summary>
    private static Dictionary<string, string> Constants(ObjectModel model)
    {
        Dictionary<string, string> constants = new(StringComparer.Ordinal);
        if (model.Union is { } union)
        {
            constants[union.Discriminator.JsonName] = union.Wire;
        }

        foreach (MemberModel member in model.Members)
        {
            if (member.Type is StringRef { Rule: { IsClosed: true, AlsoAllowed: { Count: 1 } only } })
            {
                constants[member.JsonName] = only[0];
            }
        }

        return constants;
    }

    private static string? ConstantOf(ObjectModel model, string member) =>
        Constants(model).TryGetValue(member, out string? text) ? text : null;

    private static bool AreDistinct(IEnumerable<string?> values)
    {
        List<string?> all = values.ToList();
        return all.All(v => v is not null) && all.Distinct().Count() == all.Count;
    }

    /// <summary>The type of a schema, and what comes with it.</summary>
    private static string[] Names(string name) => new[] { name, name + "View", name + "Extensions" };

    private static bool IsReserved(string name) => ReservedNames.Types.Contains(name) || ReservedNames.Members.Contains(name);

    private string Take(string name, JsonObject site, Func<string, string[]> family) => _names.Take(name, site, IsReserved, family);

    /// <summary>Notes that an object is an alternative of a union.</summary>
    /// <param name="type">The object.</param>
    /// <param name="union">The union.</param>
    /// <param name="place">Where the union lists it.</param>
    public void AddAlternative(string type, UnionBase union, JsonNode place) => _alternatives.Add((type, union, place));

    /// <summary>True if an object is an alternative of a union already.</summary>
    public bool IsAlternative(string type) => _alternatives.Any(a => a.Type == type);

    /// <summary>
    /// Links alternatives to their unions, once all objects are read: the discriminator is then
    /// no longer a settable member.
    /// </summary>
    public void ApplyAlternatives()
    {
        foreach ((string type, UnionBase union, JsonNode place) in _alternatives)
        {
            if (!_types.TryGetValue(type, out TypeModel? known) || known is not ObjectModel model)
            {
                continue;
            }

            string discriminator = union.Discriminator.Name;
            MemberModel[] members = model.Members.Where(m => m.JsonName != union.Discriminator.JsonName).ToArray();
            bool isRequired = model.Members.Any(m => m.JsonName == union.Discriminator.JsonName && m.IsRequired);
            _types[type] = WithFreeNames(
                model with { Union = union with { IsRequired = isRequired }, Members = new EquatableArray<MemberModel>(members) },
                m => m == discriminator || m + "OrDefault" == discriminator);
        }
    }

    /// <summary>Renames members that hide the view or the extensions of a type, once all types are known.</summary>
    public void RenameMembers()
    {
        foreach (ObjectModel model in _types.Values.OfType<ObjectModel>().ToList())
        {
            // The view's conversion methods for lists and maps hide them, too.
            _types[model.Name] = WithFreeNames(
                model, member => Hides(member, "View") || Hides(member, "Extensions") || Hides("To" + member, "View"));
        }
    }

    /// <summary>An object whose members have other names than those that are reserved.</summary>
    private static ObjectModel WithFreeNames(ObjectModel model, Func<string, bool> isReserved)
    {
        if (!model.Members.Any(m => isReserved(m.Name)))
        {
            return model;
        }

        HashSet<string> taken = new(model.Members.Select(m => m.Name), StringComparer.Ordinal);
        return model with
        {
            Members = new EquatableArray<MemberModel>(model.Members.Select(m => isReserved(m.Name)
                ? m with { Name = ReservedNames.Free(m.Name, n => isReserved(n) || !taken.Add(n)) }
                : m).ToArray()),
        };
    }

    private bool Hides(string member, string suffix) =>
        member.EndsWith(suffix, StringComparison.Ordinal) && _types.ContainsKey(member.Substring(0, member.Length - suffix.Length));

    /// <summary>Notes what a message says about its payload.</summary>
    public void AddDescription(string type, string text) =>
        _descriptions[type] = _descriptions.TryGetValue(type, out string? other) && other != text ? "" : text;

    /// <summary>Gives types without a description that of their messages, if these say the same.</summary>
    public void ApplyDescriptions()
    {
        foreach (KeyValuePair<string, string> described in _descriptions)
        {
            if (_types.TryGetValue(described.Key, out TypeModel? type) && type.Description.Length == 0)
            {
                _types[described.Key] = type with { Description = described.Value };
            }
        }
    }

    /// <summary>Notes an example of a payload that its message gives.</summary>
    public void AddExample(string type, string json)
    {
        if (!_examples.TryGetValue(type, out List<string>? examples))
        {
            _examples.Add(type, examples = new List<string>());
        }

        examples.Add(json);
    }

    /// <summary>The examples of an object: those of its schema, and those of its messages.</summary>
    public EquatableArray<string> ExamplesOf(string type, SpecContext context, Schema schema)
    {
        IEnumerable<string> ofMessages = _examples.TryGetValue(type, out List<string>? examples) ? examples : Enumerable.Empty<string>();
        return new EquatableArray<string>(Examples(context, schema).Concat(ofMessages).Distinct().ToArray());
    }

    /// <summary>The values of <c>examples</c> as JSON text.</summary>
    public static EquatableArray<string> Examples(SpecContext context, Schema schema)
    {
        JsonArray? listed = context.Expect<JsonArray>(schema["examples"], "an array");
        return listed is null ? EquatableArray<string>.Empty : new EquatableArray<string>(listed.Items.Select(e => e.ToJson()).ToArray());
    }

    /// <summary>Adds a type whose members are known.</summary>
    public void Add(TypeModel type) => _types[type.Name] = type;

    /// <summary>Adds an object whose members are read later.</summary>
    public ObjectRef Enqueue(string name, Schema schema)
    {
        _queue.Enqueue((name, schema));
        return new ObjectRef(name);
    }

    /// <summary>The next object whose members are to be read.</summary>
    public bool TryDequeue(out string name, out Schema schema)
    {
        bool any = _queue.Count > 0;
        (name, schema) = any ? _queue.Dequeue() : ("", null!);
        return any;
    }

    /// <summary>Notes which member of a payload carries the correlation token.</summary>
    public void Correlate(string type, string member, JsonString location, JsonObject message) =>
        _correlations.Add((type, member, location, message));

    /// <summary>Puts the correlation members into their objects, once all are read: strings, of which an object has one.</summary>
    public void ApplyCorrelations()
    {
        foreach ((string type, string member, JsonString location, JsonObject message) in _correlations)
        {
            if (!_types.TryGetValue(type, out TypeModel? known) || known is not ObjectModel model)
            {
                continue;
            }

            int index = IndexOf(model, member);
            if (index >= 0)
            {
                bool isToken = model.Members[index].Type is StringRef && model.CorrelationMember < 0;
                _types[type] = isToken ? model with { CorrelationMember = index } : model;
            }
            else if (!Places.ContainsKey((type, member)))
            {
                // A faulty member exists, though the model does not have it.
                string fix = Spelling.DidYouMean(member, model.Members.Select(m => m.JsonName), "add it, or name one of its members");
                _context.Bag.ReportValue(
                    DiagnosticDescriptors.InvalidCorrelation,
                    location,
                    message.Path,
                    location.Value,
                    "a member that the payload does not have: " + fix);
            }
        }
    }

    private static int IndexOf(ObjectModel model, string member)
    {
        for (int i = 0; i < model.Members.Count; i++)
        {
            if (model.Members[i].JsonName == member)
            {
                return i;
            }
        }

        return -1;
    }

    private string NameOf(JsonNode site)
    {
        string own = _context.NameOf(site);
        switch (site.Parent)
        {
            case JsonObject properties when IsProperties(properties):
                return NameOf(properties.Parent!) + own;
            case not null when site is JsonObject schema && schema["x-name"] is not null:
                return own;
            case JsonArray { Key: "allOf" } list:
                return NameOf(list.Parent!);
            case JsonArray { Key: "anyOf" or "oneOf" } list when list.Items.Count(i => !Nullability.IsNullSchema(i)) < 2:
                return NameOf(list.Parent!);
            case JsonArray { Key: "anyOf" or "oneOf" } list:
                return NameOfTitle(site) ?? NameOf(list.Parent!) + UnionParser.NameOfAlternative(site);
            case JsonObject message when site.Key == "payload":
                return _context.NameOf(message);
            case JsonObject { Key: "payload" } payload when site.Key == "schema":
                return NameOf(payload);
            case JsonObject array when site.Key == "items" && !IsSchemas(array):
                return NameOfTitle(site) ?? NameOf(array) + "Item";
            case JsonObject map when site.Key == "additionalProperties" && !IsSchemas(map):
                return NameOfTitle(site) ?? NameOf(map) + "Value";
            default:
                return own;
        }
    }

    /// <summary>The name that a short title gives to a schema that has no key of its own, or null.</summary>
    private static string? NameOfTitle(JsonNode site) =>
        (site as JsonObject)?["title"] is JsonString { Value: var title }
        && title.Split(' ', '\n').Length <= MaxTitleWords
        && CodeName.Pascal(title) is { Length: > 0 and <= MaxTitleLength } name
        && char.IsLetter(name[0])
            ? name
            : null;

    /// <summary>True for the object that holds the members of a schema, and not for a member named 'properties'.</summary>
    private static bool IsProperties(JsonNode node) =>
        node is { Key: "properties", Parent: JsonObject schema } && !IsSchemas(schema) && !IsProperties(schema);

    private static bool IsSchemas(JsonNode node) => node is { Key: "schemas", Parent.Key: "components" };
}
