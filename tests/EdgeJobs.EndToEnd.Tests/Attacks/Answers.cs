namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Parts of answers that many attacks have.</summary>
internal static class Answers
{
    public const string Action = "REJECTED invalid job document: steps[0].action.";
    public const string Input = Action + "input.";
    public const string Sum = Input + "sha256: must be 64 hexadecimal digits";
    public const string OtherSum = "FAILED the file's SHA-256 is SUM instead of SUM; nothing is changed";
    public const string Signature = Input + "signature: must be the signature in base64, or the URL of a file with it";
    public const string Link = " has a part that is a symbolic link or a file; below ROOT/in the agent follows no links";
    public const string Parts = " has a part that is empty, '.' or '..'; write it without";
    public const string Denied = " is not allowed on this board; to allow it, add ";
    public const string Policy = " in the \"policy\" section of the configuration";
    public const string Roots = Denied + "a directory above it to \"targetRoots\"" + Policy;
    public const string Host = "the host evil.example" + Denied + "it to \"urlHosts\"" + Policy;
    public const string Http =
        "REJECTED the URL http://HOST/f is not allowed on this board; use https, or set \"allowHttp\": true" + Policy;
    public const string Unsigned = " has no signature, which \"requireSignatures\"" + Policy + " demands; add a signature";
    public const string User = Input + "url: has a user name or password, which is not supported; use a presigned URL";
    public const string Scheme = Input + "url: begins with neither https:// nor http://";
    public const string Authority = Input + "url: has no valid host and port; write other letters than ASCII as xn--…";

    /// <summary>The signature is not valid.</summary>
    public static string NotSigned(string algorithm) =>
        $"FAILED the signature of the file is not valid for any of the 1 keys for {algorithm} in KEYS; nothing is changed";

    /// <summary>A list of the policy does not have something.</summary>
    public static string NotIn(string list, string what) => $"REJECTED {what}{Denied}it to \"{list}\"{Policy}";
}
