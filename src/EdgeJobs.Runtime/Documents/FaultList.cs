using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// Collects the faults of a document with their lines and columns. A document of 128 KB can have 60,000 faults; the list stores
/// <see cref="MaxCount"/>, and the reader stops when it <see cref="IsFull"/>.
/// </summary>
/// <param name="document">The document; the elements of faults are slices of it.</param>
internal sealed class FaultList(ReadOnlyMemory<byte> document)
{
    /// <summary>The maximum number of faults.</summary>
    public const int MaxCount = 20;

    private const string More = "and more: only the first 20 faults are shown";
    private List<DocumentFault>? _faults;
    private List<long>? _offsets;
    private bool _isAny;

    public bool IsEmpty => !_isAny;

    /// <summary>Whether the list ignores further faults. A list without places is full after the first.</summary>
    public bool IsFull => NeedsPlaces ? _faults?.Count > MaxCount : _isAny;

    /// <summary>Whether the list stores the faults with their places, or only whether there are any.</summary>
    public bool NeedsPlaces { get; private init; } = true;

    /// <summary>A list that stores only whether there are faults.</summary>
    public static FaultList WithoutPlaces() => new(default) { NeedsPlaces = false };

    /// <summary>The path of a member; that of its object if places are not needed.</summary>
    public string Place(string path, string member) => !NeedsPlaces ? path : path.Length == 0 ? member : path + "." + member;

    /// <summary>The path of an element; that of its array if places are not needed.</summary>
    public string Place(string path, int index) => !NeedsPlaces ? path : string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    /// <summary>The faults in the order of the document; at one place, in the order in which they were found.</summary>
    public IReadOnlyList<DocumentFault> ToList() => _faults ?? [];

    public void Add(string path, string message, JsonElement element)
    {
        _isAny = true;
        if (NeedsPlaces)
        {
            Add(path, message, OffsetOf(element));
        }
    }

    public void Add(string path, string message, long offset)
    {
        _isAny = true;
        if (!NeedsPlaces || IsFull)
        {
            return;
        }

        if (_faults?.Count == MaxCount)
        {
            _faults.Add(new DocumentFault(string.Empty, More, _faults[^1].Line, _faults[^1].Column));
            return;
        }

        ReadOnlySpan<byte> before = document.Span[..(int)Math.Min(offset, document.Length)];
        int line = before.Count((byte)'\n') + 1;
        int column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        _faults ??= [];
        _offsets ??= [];
        int index = _offsets.Count;
        while (index > 0 && _offsets[index - 1] > offset)
        {
            index--;
        }

        _faults.Insert(index, new DocumentFault(path, message, line, column));
        _offsets.Insert(index, offset);
    }

    /// <summary>Adds the fault of a value of the wrong type, or of an invalid string or number.</summary>
    public void AddWrong(string path, string expected, JsonElement element) =>
        Add(path, $"must be {expected}, not {Name(element.ValueKind)}", element);

    private long OffsetOf(JsonElement element) => (long)Unsafe.ByteOffset(
        ref MemoryMarshal.GetReference(document.Span), ref MemoryMarshal.GetReference(JsonMarshal.GetRawUtf8Value(element)));

    private static string Name(JsonValueKind kind) => kind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "an array",
        JsonValueKind.String => "such a string",
        JsonValueKind.Number => "such a number",
        JsonValueKind.True or JsonValueKind.False => "true or false",
        _ => "null",
    };
}
