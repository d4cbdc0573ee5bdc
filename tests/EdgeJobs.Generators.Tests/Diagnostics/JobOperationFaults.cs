namespace EdgeJobs.Generators.Tests.Diagnostics;

/// <summary>Faults of job operations.</summary>
public sealed class JobOperationFaults
{
    private const string Schemas = """
        { "Led": { "type": "object", "properties": { "operation": { "type": "string" }, "colour": { "type": "string" } } },
          "Fan": { "type": "object", "properties": { "operation": { "type": "string" } } },
          "Text": { "type": "string" } }
        """;

    [Theory]
    [InlineData("EJ0004", "'#/x-jobOperations/set-led' has no member 'document'", """{ ‹"set-led"›: {} }""")]
    [InlineData("EJ0007", "did you mean", """{ "set-led": { "document": { "$ref": ‹"#/components/schemas/Lde"› } } }""")]
    [InlineData("EJ0005", "must be an object, but is an array", """{ "set-led": ‹[› ] }""")]
    [InlineData("EJ0020", "is a string", """{ "set-led": { ‹"document"›: { "$ref": "#/components/schemas/Text" } } }""")]
    [InlineData(
        "EJ0004", "has no member 'op': it identifies the operation",
        """{ "set-led": { "match": { ‹"member"›: "op" }, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0004", "did you mean 'colour'?",
        """{ "set-led": { "match": { ‹"member"›: "color" }, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0004", "has no member 'member'", """{ "set-led": { ‹"match"›: {}, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0005", "must be a string, but is",
        """{ "set-led": { "match": { "member": "colour", "value": ‹7› }, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0006", "can't be empty",
        """{ "set-led": { "match": { "member": "colour", "value": ‹""› }, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData("EJ0028", "lists the document 'Led' twice", """{ "a": { "document": { "$ref": "#/components/schemas/Led" } },"""
        + """ "b": { ‹"document"›: { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0028", "lists documents with \"operation\": \"a\" twice",
        """{ "a": { "document": { "$ref": "#/components/schemas/Led" } },"""
        + """ "b": { ‹"match"›: { "member": "operation", "value": "a" }, "document": { "$ref": "#/components/schemas/Fan" } } }""")]
    [InlineData("EJ0033", "did you mean 'document'?", """{ "set-led": { ‹"documents"›: 7,"""
        + """ "document": { "$ref": "#/components/schemas/Led" } } }""")]
    [InlineData(
        "EJ0033", "did you mean 'member'?",
        """{ "set-led": { "match": { "member": "operation", ‹"membr"›: "x" }, "document": { "$ref": "#/components/schemas/Led" } } }""")]
    public void A_faulty_job_operation_is_reported(string id, string message, string operations) =>
        SpecAssert.Fault(id, message, SpecText.JobOperations(operations, Schemas));
}
