using System.Text;
using System.Text.Json;

namespace EdgeJobs.Runtime.Documents;

/// <summary>Collects the faults of a document and finds their lines.</summary>
internal sealed class FaultList(ReadOnlyMemory<byte> document)
{
    private readonly List<DocumentFault> _faults = [];

    public bool IsEmpty => _faults.Count == 0;

    public IReadOnlyList<DocumentFault> ToList() => _faults;

    /// <summary>Notes a fault at a byte offset.</summary>
    public void Add(string path, string message, long offset)
    {
        ReadOnlySpan<byte> before = document.Span[..(int)Math.Min(offset, document.Length)];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        _faults.Add(new DocumentFault(path, message, line, column));
    }

    /// <summary>Notes that a member is of the wrong type.</summary>
    public void AddWrong<T>(string path, string expected, Field<T> field) => Add(path, $"must be {expected}, not {Name(field.Found)}", field.Offset);

    private static string Name(JsonTokenType token) => token switch
    {
        JsonTokenType.StartObject => "an object",
        JsonTokenType.StartArray => "an array",
        JsonTokenType.String => "such a string",
        JsonTokenType.Number => "such a number",
        JsonTokenType.True or JsonTokenType.False => "true or false",
        _ => "null",
    };
}
