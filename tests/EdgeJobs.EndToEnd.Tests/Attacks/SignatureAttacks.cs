using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Downloads with signatures that must not count.</summary>
internal static class SignatureAttacks
{
    public static IReadOnlyList<Attack> Rows =>
    [
        New(
            "there is no signature, and one is required",
            "REJECTED download of DIR/f" + Answers.Unsigned,
            (_, i) => i.Remove("signature"), AttackBoard.Signed),
        New(
            "the signature is empty, and one is required",
            "REJECTED download of DIR/f" + Answers.Unsigned,
            (_, i) => i["signature"] = "", AttackBoard.Signed),
        New(
            "the signature is null, and one is required",
            "REJECTED download of DIR/f" + Answers.Unsigned,
            (_, i) => i["signature"] = null, AttackBoard.Signed),
        New(
            "the signature is misspelt",
            Answers.Input + "Signature: a download has no such member; its members are *",
            (_, i) =>
        {
            i["Signature"] = i["signature"]!.DeepClone();
            i.Remove("signature");
        }),
        New("the signature is not base64", Answers.Signature, (_, i) => i["signature"] = "-----BEGIN"),
        New("the signature is too long", Answers.Signature, (_, i) => i["signature"] = Convert.ToBase64String(new byte[4097])),
        New("the signature is one byte", Answers.NotSigned("ecdsa-sha256"), (_, i) => i["signature"] = "AA=="),
        New("the signature is zeros", Answers.NotSigned("ecdsa-sha256"), (_, i) => i["signature"] = Convert.ToBase64String(new byte[72])),
        New("the signature has the numbers 0 and 0", Answers.NotSigned("ecdsa-sha256"), (_, i) => i["signature"] = "MAYCAQACAQA="),
        New(
            "the signature has one other bit",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => Sign(i, DownloadAttacks.Changed(s.Keys.Sign(s.Content)))),
        New("the signature is shortened", Answers.NotSigned("ecdsa-sha256"), (s, i) => Sign(i, s.Keys.Sign(s.Content)[..^1])),
        New("the signature has a byte more", Answers.NotSigned("ecdsa-sha256"), (s, i) => Sign(i, [.. s.Keys.Sign(s.Content), 0])),
        New("the signature is that of another file", Answers.NotSigned("ecdsa-sha256"), (s, i) => Sign(i, s.Keys.Sign([.. s.Content, 0]))),
        New(
            "the signature is that of an unknown key",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => Sign(i, s.Keys.SignAsStranger(s.Content))),
        New(
            "the signature is RSA, the algorithm ECDSA",
            Answers.NotSigned("ecdsa-sha256"),
            (s, i) => Sign(i, s.Keys.SignWithRsa(s.Content))),
        New(
            "the signature is ECDSA, the algorithm RSA",
            Answers.NotSigned("rsa-pss-sha256"),
            (_, i) => i["signatureAlgorithm"] = "rsa-pss-sha256"),
        New("the signature is RSA with another padding", Answers.NotSigned("rsa-pkcs1-sha256"), (s, i) =>
        {
            Sign(i, s.Keys.SignWithRsa(s.Content));
            i["signatureAlgorithm"] = "rsa-pkcs1-sha256";
        }),
        New("the signature is of another hash", Answers.NotSigned("ecdsa-sha384"), (_, i) => i["signatureAlgorithm"] = "ecdsa-sha384"),
        New(
            "the algorithm is 'none'",
            Answers.Input + "signatureAlgorithm: must be one of *",
            (_, i) => i["signatureAlgorithm"] = "none"),
        New(
            "the algorithm is in capital letters",
            Answers.Input + "signatureAlgorithm: must be one of *",
            (_, i) => i["signatureAlgorithm"] = "ECDSA-SHA256"),
        New("the file of the signature comes over HTTP", Answers.Http, (s, i) => i["signature"] = s.PlainUrl),
        New(
            "the file of the signature is on another host",
            Answers.NotIn("urlHosts", "the host evil.example"),
            (_, i) => i["signature"] = "https://evil.example/f.sig", AttackBoard.Limited),
        New("the file of the signature has no signature", Answers.NotSigned("ecdsa-sha256"), (s, i) => i["signature"] = s.Url),
        New(
            "the file is there already, with an unknown signature",
            "FAILED the signature of the file is not valid for any of the 1 keys for ecdsa-sha256 in KEYS",
            (s, i) =>
        {
            File.WriteAllBytes(s["f"], s.Content);
            Sign(i, s.Keys.SignAsStranger(s.Content));
        }),
    ];

    private static Attack New(string name, string answer, Action<AttackSite, JsonObject> change, AttackBoard? board = null) =>
        new("download", name, board ?? AttackBoard.Open, answer, change);

    private static void Sign(JsonObject input, byte[] signature) => input["signature"] = Convert.ToBase64String(signature);
}
