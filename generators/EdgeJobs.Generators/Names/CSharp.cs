using System.Linq;
using Microsoft.CodeAnalysis.CSharp;

namespace EdgeJobs.Generators.Names;

/// <summary>Converts values of the spec to C# source text.</summary>
internal static class CSharp
{
    /// <summary>A string literal with its quotes.</summary>
    public static string Literal(string text) => SymbolDisplay.FormatLiteral(text, quote: true);

    /// <summary>An identifier in camel case, escaped when it is a keyword.</summary>
    public static string Camel(string name)
    {
        string camel = CodeName.Lower(name[0]) + name.Substring(1);
        return SyntaxFacts.GetKeywordKind(camel) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(camel) == SyntaxKind.None
            ? camel
            : "@" + camel;
    }

    /// <summary>The local variable that holds a member; never the name of another local in a generated method.</summary>
    public static string Local(string member)
    {
        string stem = member.TrimEnd('0', '1', '2', '3', '4', '5', '6', '7', '8', '9');
        bool taken = stem is "Writer" or "CorrelationToken" or "Violation" or "Item" or "Index" or "Entry";
        string camel = Camel(member);

        // Some scripts have no upper case, and a name may begin with _.
        return taken || camel == member ? camel + "Value" : camel;
    }

    /// <summary>An identifier in Pascal case.</summary>
    public static string Pascal(string name) => char.ToUpperInvariant(name[0]) + name.Substring(1);

    /// <summary>Joins the parts that are not empty.</summary>
    public static string Join(string separator, params string[] parts) => string.Join(separator, parts.Where(part => part.Length > 0));

    /// <summary>The text, or the fallback if the text is empty.</summary>
    public static string Or(string text, string fallback) => text.Length == 0 ? fallback : text;

    /// <summary>A number in the invariant culture.</summary>
    public static string Number(long value) => value.ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>A number in the invariant culture, with all digits.</summary>
    public static string Number(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
}
