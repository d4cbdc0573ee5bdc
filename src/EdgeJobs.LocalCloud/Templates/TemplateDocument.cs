using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.LocalCloud.Templates;

/// <summary>A parsed provisioning template: its parameters and the resources that it creates.</summary>
internal sealed record TemplateDocument
{
    /// <summary>The parameter that the service itself sets.</summary>
    public const string CertificateId = "AWS::IoT::Certificate::Id";

    /// <summary>The parameters by name; the value is the default, or null if the board must provide one.</summary>
    public required IReadOnlyDictionary<string, string?> Parameters { get; init; }

    /// <summary>The thing to create; null for none.</summary>
    public TemplateThing? Thing { get; init; }

    public bool IsCertificateActive { get; init; } = true;
    public required IReadOnlyList<TemplatePolicy> Policies { get; init; }

    /// <summary>The device configuration by name.</summary>
    public required IReadOnlyList<KeyValuePair<string, TemplateText>> Configuration { get; init; }

    public static bool TryParse(string json, [NotNullWhen(true)] out TemplateDocument? document, out string fault) =>
        TemplateReader.TryRead(json, out document, out fault);
}

/// <summary>The thing that a template creates.</summary>
/// <param name="Override">How to treat the attributes of an existing thing.</param>
internal sealed record TemplateThing(
    TemplateText Name,
    TemplateText? TypeName,
    IReadOnlyList<KeyValuePair<string, TemplateText>> Attributes,
    IReadOnlyList<TemplateText> Groups,
    OverrideAttributes Override);

/// <summary>How to treat the attributes of an existing thing.</summary>
internal enum OverrideAttributes
{
    /// <summary>The thing keeps its attributes.</summary>
    DoNothing,

    /// <summary>The template's attributes are merged into the thing's and take precedence.</summary>
    Merge,

    /// <summary>The template's attributes replace the thing's.</summary>
    Replace,

    /// <summary>The board is rejected.</summary>
    Fail,
}

/// <summary>A policy to attach: the name of an existing policy, or a document.</summary>
internal sealed record TemplatePolicy(TemplateText? Name, TemplateText? Document);

/// <summary>A string of a template with parameter references.</summary>
/// <param name="Parts">Literal texts and names of parameters, in order.</param>
internal sealed record TemplateText(IReadOnlyList<(bool IsParameter, string Text)> Parts)
{
    public string Resolve(IReadOnlyDictionary<string, string> parameters) =>
        string.Concat(Parts.Select(part => part.IsParameter ? parameters[part.Text] : part.Text));
}
