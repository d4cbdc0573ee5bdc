namespace EdgeJobs.LocalCloud.Rest;

/// <summary>The AWS service that a request is for; both have some paths in common, with different responses.</summary>
internal enum Plane
{
    /// <summary>The service <c>iot</c>, for operators and scripts.</summary>
    Control,

    /// <summary>The service <c>iot-jobs-data</c>, for devices.</summary>
    Data,
}

internal static class PlaneSelector
{
    private const string Scope = "Credential=";

    /// <summary>
    /// Reads the service name from the credential scope of a Signature Version 4 header
    /// (<c>Credential=KEY/DATE/REGION/SERVICE/aws4_request</c>). Only <c>iot-jobs-data</c> selects the data plane: AWS's own clients name
    /// the control plane <c>iot</c> or <c>execute-api</c>, and curl sends no name. The signature is not checked.
    /// </summary>
    public static Plane Select(string? authorization)
    {
        int start = authorization?.IndexOf(Scope, StringComparison.Ordinal) ?? -1;
        if (start < 0)
        {
            return Plane.Control;
        }

        ReadOnlySpan<char> credential = authorization.AsSpan(start + Scope.Length);
        int end = credential.IndexOfAny(',', ' ');
        if (end >= 0)
        {
            credential = credential[..end];
        }

        // Counted from the end: an access key id may contain slashes.
        int last = credential.LastIndexOf('/');
        if (last < 0)
        {
            return Plane.Control;
        }

        int before = credential[..last].LastIndexOf('/');
        return credential[(before + 1)..last] is "iot-jobs-data" ? Plane.Data : Plane.Control;
    }
}
