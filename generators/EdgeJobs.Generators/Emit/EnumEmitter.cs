using System.Linq;
using System.Text;
using EdgeJobs.Generators.Model;
using EdgeJobs.Generators.Slices;
using static EdgeJobs.Generators.Names.CSharp;

namespace EdgeJobs.Generators.Emit;

/// <summary>Emits an enum and its conversions to and from JSON strings.</summary>
internal static class EnumEmitter
{
    public static string Emit(SpecHead spec, EnumModel model)
    {
        string name = model.Name;
        return SourceFile.Write(spec, ["EdgeJobs.Protocol", "System", "System.CodeDom.Compiler"], $$"""
            {{Documentation.Summary(Or(model.Description, $"The values of {name}."))}}
            {{SourceFile.GeneratedCode}}
            public enum {{name}}
            {
                /// <summary>A value that this build does not know. A message keeps its text, and writes it back.</summary>
                Unknown = 0,

                {{Code.Blocks(model.Values.Select(Member))}}
            }

            /// <summary>Converts <see cref="{{name}}"/> to and from JSON strings.</summary>
            {{SourceFile.GeneratedCode}}
            public static class {{name}}Extensions
            {
                /// <summary>The value on the wire.</summary>
                /// <exception cref="ArgumentOutOfRangeException">The value is <see cref="{{name}}.Unknown"/>.</exception>
                public static string ToWireString(this {{name}} value) => value switch
                {
                    {{model.Values.Select(v => $"{name}.{v.Name} => {Literal(v.Wire)},")}}
                    _ => throw new ArgumentOutOfRangeException(nameof(value)),
                };

                /// <summary>The value on the wire, in UTF-8.</summary>
                /// <exception cref="ArgumentOutOfRangeException">The value is <see cref="{{name}}.Unknown"/>.</exception>
                public static ReadOnlySpan<byte> ToUtf8(this {{name}} value) => value switch
                {
                    {{model.Values.Select(v => $"{name}.{v.Name} => {Literal(v.Wire)}u8,")}}
                    _ => throw new ArgumentOutOfRangeException(nameof(value)),
                };

                /// <summary>Parses a value on the wire. Case-sensitive.</summary>
                /// <param name="utf8">The text in UTF-8, without quotes.</param>
                /// <param name="value">The value, or <see cref="{{name}}.Unknown"/>.</param>
                /// <returns>False when this build does not know the value.</returns>
                public static bool TryParse{{name}}(ReadOnlySpan<byte> utf8, out {{name}} value)
                {
                    value = utf8.Length switch
                    {
                        {{model.Values.OrderBy(Length).Select(ParseCase)}}
                        _ => {{name}}.Unknown,
                    };
                    return value != {{name}}.Unknown;
                }

                /// <summary>Reads a JSON string; a value that this build does not know is <see cref="{{name}}.Unknown"/>.</summary>
                public static {{name}} Read{{name}}(JsonText text)
                {
                    Span<byte> buffer = stackalloc byte[{{BufferLength(model)}}];
                    TryParse{{name}}(text.Unescape(buffer), out {{name}} value);
                    return value;
                }
            }
            """);

        Code ParseCase(EnumValue v) => $"{Length(v)} when utf8.SequenceEqual({Literal(v.Wire)}u8) => {name}.{v.Name},";
    }

    public static string Emit(SpecHead spec, NumericEnumModel model)
    {
        string known = string.Join(" or ", model.Values.Select(v => $"{model.Name}.{v.Name}"));
        return SourceFile.Write(spec, ["System.CodeDom.Compiler"], $$"""
            {{Documentation.Summary(Or(model.Description, $"The values of {model.Name}."))}}
            /// <remarks>A value is the number on the wire. {{UnknownNumber}}</remarks>
            {{SourceFile.GeneratedCode}}
            public enum {{model.Name}} : long
            {
                {{Code.Blocks(model.Values.Select(Member))}}
            }

            /// <summary>Checks for the known values of <see cref="{{model.Name}}"/>.</summary>
            {{SourceFile.GeneratedCode}}
            public static class {{model.Name}}Extensions
            {
                /// <summary>True for a value that the spec lists.</summary>
                public static bool IsKnown(this {{model.Name}} value) => value is {{known}};
            }
            """);
    }

    private const string UnknownNumber = "An unknown value is read as that number and written back unchanged.";

    private static Code Member(EnumValue value) => $"""
        {Documentation.Summary(Or(value.Description, $"`{value.Wire}` on the wire."))}
        {value.Name},
        """;

    private static Code Member(NumericEnumValue value) => $"""
        {Documentation.Summary(Or(value.Description, $"`{Number(value.Wire)}` on the wire."))}
        {value.Name} = {value.Wire},
        """;

    /// <summary>Room for a text whose every character is written as an escape of six bytes.</summary>
    private static int BufferLength(EnumModel model) => model.Values.Max(Length) * 6;

    private static int Length(EnumValue value) => Encoding.UTF8.GetByteCount(value.Wire);
}
