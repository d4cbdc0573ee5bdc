using System.Text.Json;

namespace EdgeJobs.Runtime.Documents;

/// <summary>
/// A member of a document as it stands there: absent, present, or of the wrong type. Reading never fails at it, so that every
/// fault of a document can be told, with its place.
/// </summary>
/// <param name="State">Whether it is there.</param>
/// <param name="Value">Its value, when it is of the right type.</param>
/// <param name="Offset">Where it begins, in bytes.</param>
/// <param name="Found">What stands there.</param>
internal readonly record struct Field<T>(FieldState State, T? Value, long Offset, JsonTokenType Found)
{
    public bool IsPresent => State == FieldState.Present;
}

/// <summary>Whether a member is there.</summary>
internal enum FieldState
{
    /// <summary>It isn't, or it is null.</summary>
    Absent,

    /// <summary>It is there and of the right type.</summary>
    Present,

    /// <summary>It is there and of the wrong type.</summary>
    Wrong,
}
