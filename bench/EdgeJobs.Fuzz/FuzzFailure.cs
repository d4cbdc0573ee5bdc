using System.Diagnostics.CodeAnalysis;

namespace EdgeJobs.Fuzz;

/// <summary>The failure of a check.</summary>
internal sealed class FuzzFailure(string message) : Exception(message)
{
    /// <summary>Throws unless the condition holds.</summary>
    public static void Unless([DoesNotReturnIf(false)] bool condition, string what)
    {
        if (!condition)
        {
            throw new FuzzFailure(what);
        }
    }
}
