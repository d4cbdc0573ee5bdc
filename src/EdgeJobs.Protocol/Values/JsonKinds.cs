using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Protocol;

/// <summary>Which JSON types a value may have. A member that is null counts as absent.</summary>
[Flags]
[SuppressMessage("Naming", "CA1720", Justification = "These are JSON's own terms.")]
public enum JsonKinds
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>An object.</summary>
    Object = 1,

    /// <summary>An array.</summary>
    Array = 2,

    /// <summary>A string.</summary>
    String = 4,

    /// <summary>A number.</summary>
    Number = 8,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean = 16,

    /// <summary>Null, as an element of an array or a value of a map.</summary>
    Null = 32,

    /// <summary>Any value.</summary>
    Any = Object | Array | String | Number | Boolean | Null,
}
