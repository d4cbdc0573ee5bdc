using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.LocalCloud.Provisioning;

/// <summary>What a provisioning template says: what it wants to know of a board, and what it makes of it.</summary>
internal sealed record TemplateDocument
{
    /// <summary>The parameter that the service itself fills in.</summary>
    public const string CertificateId = "AWS::IoT::Certificate::Id";

    /// <summary>The parameters by name; the value is the default, or null where a board must give one.</summary>
    public required IReadOnlyDictionary<string, string?> Parameters { get; init; }

    /// <summary>The thing that is made; null for none.</summary>
    public ThingResource? Thing { get; init; }

    /// <summary>Whether the certificate becomes active.</summary>
    public bool IsCertificateActive { get; init; } = true;

    /// <summary>The policies that are attached to the certificate.</summary>
    public required IReadOnlyList<PolicyResource> Policies { get; init; }

    /// <summary>What boards are told, by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, TemplateText>> Configuration { get; init; }

    /// <summary>Takes a document apart.</summary>
    /// <returns>False with the fault when it can't be used.</returns>
    public static bool TryParse(string json, [NotNullWhen(true)] out TemplateDocument? document, out string fault) => TemplateReader.TryRead(json, out document, out fault);
}

/// <summary>The thing that a template makes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="TypeName">Its type, or null.</param>
/// <param name="Attributes">Its attributes.</param>
/// <param name="Groups">The groups that it joins.</param>
/// <param name="Override">What becomes of the attributes of a thing that exists already.</param>
internal sealed record ThingResource(
    TemplateText Name,
    TemplateText? TypeName,
    IReadOnlyList<KeyValuePair<string, TemplateText>> Attributes,
    IReadOnlyList<TemplateText> Groups,
    OverrideAttributes Override);

/// <summary>What becomes of the attributes of a thing that exists already.</summary>
internal enum OverrideAttributes
{
    /// <summary>They stay.</summary>
    DoNothing,

    /// <summary>Those of the template are added, and win.</summary>
    Merge,

    /// <summary>Those of the template take their place.</summary>
    Replace,

    /// <summary>The board is refused.</summary>
    Fail,
}

/// <summary>A policy that a template attaches: one that exists, by its name, or a document.</summary>
/// <param name="Name">The name, or null.</param>
/// <param name="Document">The document, or null.</param>
internal sealed record PolicyResource(TemplateText? Name, TemplateText? Document);

/// <summary>A text in a template, in which parameters stand.</summary>
/// <param name="Parts">Its parts, one after the other: literal text, or the value of a parameter.</param>
internal sealed record TemplateText(IReadOnlyList<(bool IsParameter, string Text)> Parts)
{
    /// <summary>The text for one board.</summary>
    public string For(IReadOnlyDictionary<string, string> parameters) => string.Concat(Parts.Select(part => part.IsParameter ? parameters[part.Text] : part.Text));
}
