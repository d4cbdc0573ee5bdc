using System.Linq;
using Microsoft.CodeAnalysis;

namespace EdgeJobs.Generators.Diagnostics;

/// <summary>
/// Every diagnostic of the generator. A message says what is wrong, at which member (as a JSON pointer), and how to fix it;
/// <c>docs/reference/diagnostics.md</c> has an example of each.
/// </summary>
internal static class DiagnosticDescriptors
{
    private const string Category = "EdgeJobs";

    /// <summary>
    /// Marks a part of the document that the generated code leaves out. It is a warning, and an error in a spec with the
    /// metadata <c>Strict</c> = true. The message says what is missing in the code, and what to write instead.
    /// </summary>
    private const string Omission = "Omission";

    public static readonly DiagnosticDescriptor NotWellFormed = new(
        "EJ0001", "The spec is not JSON or YAML", "The spec is not {0}: {1}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor NotAsyncApi = new(
        "EJ0002", "The spec is not AsyncAPI 3", "The spec is not AsyncAPI 3: {0}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor DuplicateMember = new(
        "EJ0003", "A member occurs twice",
        "'{0}' occurs twice, first in line {1}: remove or rename one",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor MissingMember = new(
        "EJ0004", "A member is missing", "'{0}' has no member '{1}': {2}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor WrongKind = new(
        "EJ0005", "A member has the wrong kind of value", "'{0}' must be {1}, but is {2}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor InvalidValue = new(
        "EJ0006", "A member has an invalid value", "'{0}' can't be {1}: {2}", Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor MissingReference = new(
        "EJ0007", "A reference points to nothing",
        "'{0}' refers to '{1}', which {2} does not have: {3}",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor ForeignReference = new(
        "EJ0008", "A reference points to a file that the project does not give to the generator",
        "'{0}' refers to '{1}', which is no AdditionalFiles item of the project; the code leaves out what it describes: {2}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor CircularReference = new(
        "EJ0009", "References form a cycle",
        "'{0}' refers back to itself through '{1}': replace one of the references with a definition",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor TooDeep = new(
        "EJ0010", "Schemas are nested too deeply",
        "'{0}' is nested deeper than {1} schemas, so that the code takes any JSON there: make the inner part an object in "
        + "'components/schemas'",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor WrongTarget = new(
        "EJ0011", "A reference points to the wrong thing",
        "'{0}' refers to '{1}', which is not {2}: {3}",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor InvalidAddress = new(
        "EJ0012", "The address can't be an MQTT topic",
        "The address '{0}' {1}; the topics of this channel are left out",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UndeclaredParameter = new(
        "EJ0013", "A topic parameter is not declared",
        "The address has the parameter '{0}', which '{1}/parameters' does not have, so that any level matches it: did you mean '{2}'?",
        Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor UnusedParameter = new(
        "EJ0014", "A topic parameter is not used",
        "The address '{1}' does not use the parameter '{0}': remove it, or add '{{{0}}}' to the address",
        Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor DuplicateName = new(
        "EJ0016", "Two elements get the same C# name",
        "'{0}' and '{1}' in line {2} both become '{3}' in C#: rename one, or name it with '{4}'",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnusableName = new(
        "EJ0017", "A name can't be used in C#",
        "'{0}' can't become the C# name '{1}', {2}: rename it, or name it with '{3}'",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor QualityOfServiceTwo = new(
        "EJ0018", "QoS 2 is not supported",
        "'{0}' asks for QoS 2, and QoS 1 is used: write 1, and make the receiver tolerate duplicates",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor DocumentNotObject = new(
        "EJ0020", "A job document must be an object with known members",
        "The document of '{0}' is {1}: make it an object with 'properties' (which may be empty)",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor ReplyLeftOut = new(
        "EJ0021", "A reply can't be matched to its request",
        "The reply of '{0}' is left out, so that it is a message without a reply: {1}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor InvalidCorrelation = new(
        "EJ0022", "A correlation id is nowhere in the message", "'{0}' has the correlation id in '{1}', {2}", Category,
        DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor UnknownType = new(
        "EJ0024", "A schema has an unknown type",
        "'{0}' has the unknown type '{1}': use one of object, array, string, integer, number, boolean{2}",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnsupportedSchema = new(
        "EJ0025", "A schema has no C# type",
        "'{0}' has no C# type, so that the code takes any JSON there and does not check it: {1}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UnsupportedPattern = new(
        "EJ0026", "A pattern is not checked",
        "The pattern '{0}' is not checked, {1}: write a pattern without it, or say in 'description' what is allowed",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor EmptyRange = new(
        "EJ0027", "No value can satisfy the limits",
        "'{0}' allows nothing, so that its limits are not checked: {1} is greater than {2}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor DuplicateValue = new(
        "EJ0028", "A value is listed twice",
        "'{0}' lists {1} twice: remove one",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor ConflictingSchemas = new(
        "EJ0030", "Merged schemas contradict each other",
        "'{0}' and line {1} disagree on '{2}', so that only line {1} is checked: make them agree, or state it once",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UnknownRequired = new(
        "EJ0031", "A required member is not declared",
        "'{0}' requires the member '{1}', which 'properties' does not have, so that it becomes any JSON: {2}",
        Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor DuplicateSpec = new(
        "EJ0032", "Two specs generate the same type",
        "This spec and '{0}' both generate '{1}': give one of them another 'info/x-name' and rename what they share, or set the "
        + "Namespace metadata of its AdditionalFiles item",
        Category, DiagnosticSeverity.Error, true);

    public static readonly DiagnosticDescriptor UnknownMember = new(
        "EJ0033", "A member is unknown and has no effect",
        "'{0}' is not a member of {1} and has no effect: {2}",
        Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor UnknownFormat = new(
        "EJ0034", "A format is unknown and has no effect",
        "The format '{0}' is unknown for {1} and has no effect: use {2}",
        Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor NoEffect = new(
        "EJ0035", "A keyword has no effect here", "'{0}' has no effect on {1}: remove it", Category, DiagnosticSeverity.Warning, true);

    public static readonly DiagnosticDescriptor ReplyTopicUnknown = new(
        "EJ0038", "The topic of a reply is not known from its request",
        "The reply of '{0}' is left out, so that it is a message without a reply: the address of '{1}' has the parameter '{2}', which that "
        + "of the request does not have; use only the parameters of the request, {3}let the request name the topic (\"address\": null in "
        + "'{1}'){4}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor SameReplies = new(
        "EJ0039", "The replies to accepted and rejected requests can't be told apart",
        "The reply of '{0}' to rejected requests is left out, so that it is read as the reply to accepted ones: both come on the same "
        + "topic, and {1}; give one of them another 'channel', or messages that differ",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UncheckedKeyword = new(
        "EJ0045", "A keyword is not checked",
        "'{0}' is not checked: {1}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UnusableDefault = new(
        "EJ0046", "A default is not a value of its type",
        "'{0}' can't be {1}, so that the code has no default: {2}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor NarrowFormat = new(
        "EJ0047", "A number is narrower than the limits",
        "'{0}' is {1}, but {2} {3}, so that values beyond it are not read: write a smaller limit, or {4}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor UntypedPayload = new(
        "EJ0050", "The schema of a payload is not generated",
        "The payload of '{0}' is {1}: the code has it as it is, without a type; {2}",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor OtherPathname = new(
        "EJ0055", "Two servers of a channel have different paths",
        "The server '{0}' has the path '{1}', but topics begin with '{2}', the path of the channel's first MQTT server: its topics are "
        + "left out; list one server in the 'servers' of each channel",
        Category, DiagnosticSeverity.Warning, true, customTags: Omission);

    public static readonly DiagnosticDescriptor ClientWithoutRunTime = new(
        "EJ0060", "The package of the client is missing",
        "The client of '{0}' is not generated, because the project does not reference EdgeJobs.Client: add the package, or remove the "
        + "metadata Client of the spec's item",
        Category, DiagnosticSeverity.Error, true);

    /// <summary>True for a diagnostic that reports a part of the document that the generated code leaves out.</summary>
    public static bool IsOmission(DiagnosticDescriptor descriptor) => descriptor.CustomTags.Contains(Omission);
}
