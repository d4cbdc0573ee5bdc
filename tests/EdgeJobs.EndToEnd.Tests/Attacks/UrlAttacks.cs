using System.Text.Json.Nodes;

namespace EdgeJobs.EndToEnd.Tests.Attacks;

/// <summary>Downloads from places where no file may come from, directly or after a redirect.</summary>
internal static class UrlAttacks
{
    public static IReadOnlyList<Attack> Rows =>
    [
        Url("the URL is HTTP, without a policy", Answers.Http, s => s.PlainUrl),
        Url("the URL is HTTP, with a policy", Answers.Http, s => s.PlainUrl, AttackBoard.Limited),
        Url("the URL is HTTP in capital letters", Answers.Http, s => "HTTP" + s.PlainUrl[4..]),
        Url("the URL is FTP", Answers.Scheme, _ => "ftp://127.0.0.1/f"),
        Url("the URL is a local file", Answers.Scheme, _ => "file:///etc/passwd"),
        Url("the URL has no scheme", Answers.Scheme, _ => "127.0.0.1/f"),
        Url(
            "the URL is empty",
            Answers.Input + "url: is empty; it must be the URL of the file, https://HOST/PATH, or an array of URLs",
            _ => ""),
        Url("the URL has no host", Answers.Authority, _ => "https:///f"),
        Url("the URL has a port that is too high", Answers.Authority, _ => "https://127.0.0.1:65536/f"),
        Url(
            "the URL has a line break, for another header",
            Answers.Input + "url: has a control character, which no URL can have",
            s => s.Url + "\r\nX: y"),
        Url("the URL has letters of another script in its host", Answers.Authority, _ => "https://ехаmple.com/f"),
        Url("the URL has a user", Answers.User, s => s.Url.Replace("://", "://user@", StringComparison.Ordinal)),
        Url("the URL has a password", Answers.User, s => s.Url.Replace("://", "://user:secret@", StringComparison.Ordinal)),
        Url(
            "the host is not in urlHosts",
            Answers.NotIn("urlHosts", "the host evil.example"),
            _ => "https://evil.example/f", AttackBoard.Limited),
        Url(
            "the host is an allowed one by another name",
            Answers.NotIn("urlHosts", "the host localhost"),
            s => s.Url.Replace("127.0.0.1", "localhost", StringComparison.Ordinal), AttackBoard.Limited),
        Url(
            "the host only begins like an allowed one",
            Answers.NotIn("urlHosts", "the host 127.0.0.1.evil.example"),
            _ => "https://127.0.0.1.evil.example/f", AttackBoard.Limited),
        Url("the host is in the place of the user", Answers.User, _ => "https://127.0.0.1@evil.example/f", AttackBoard.Limited),
        Url("the host comes after a backslash", Answers.User, _ => "https://evil.example\\@127.0.0.1/f", AttackBoard.Limited),
        Url(
            "the host comes after '#'",
            Answers.NotIn("urlHosts", "the host evil.example"),
            _ => "https://evil.example#@127.0.0.1/f", AttackBoard.Limited),
        Url(
            "the host comes after '?'",
            Answers.NotIn("urlHosts", "the host evil.example"),
            _ => "https://evil.example?@127.0.0.1/f", AttackBoard.Limited),
        Url("the host is a number", Answers.NotIn("urlHosts", "the host 2130706433"), _ => "https://2130706433/f", AttackBoard.Limited),
        Url(
            "the host is an IPv6 address of an allowed one",
            Answers.NotIn("urlHosts", "the host ::ffff:127.0.0.1"),
            _ => "https://[::ffff:127.0.0.1]/f", AttackBoard.Limited),
        New(
            "the second of two URLs is not allowed",
            Answers.NotIn("urlHosts", "the host evil.example"),
            (s, i) => i["url"] = new JsonArray(s.Url, "https://evil.example/f"), AttackBoard.Limited),
        New(
            "there are 11 URLs",
            Answers.Input + "url: must have 1 to 10 elements",
            (s, i) => i["url"] = new JsonArray([.. Enumerable.Repeat(s.Url, 11).Select(u => JsonValue.Create(u))])),
        New("there are no URLs", Answers.Input + "url: must have 1 to 10 elements", (_, i) => i["url"] = new JsonArray()),
        Redirect(
            "a redirect leads to HTTP, which the policy allows",
            "FAILED https://HOST/f redirects from HTTPS to HTTP (http://HOST/f), which the agent does not follow",
            s => s.PlainUrl, AttackBoard.Plain),
        Redirect(
            "a redirect leads to HTTP",
            "FAILED https://HOST/f redirects from HTTPS to HTTP (http://HOST/f), which the agent does not follow",
            s => s.PlainUrl),
        Redirect(
            "a redirect leads to a host that is not in urlHosts",
            "FAILED " + Answers.Host,
            _ => "https://evil.example/f", AttackBoard.Limited),
        Redirect("a redirect without scheme leads to another host", "FAILED " + Answers.Host, _ => "//evil.example/f", AttackBoard.Limited),
        Redirect(
            "a redirect has a user",
            "FAILED https://HOST/f redirects to a URL that has a user name or password, which is not supported; use a presigned URL",
            _ => "https://127.0.0.1@evil.example/f", AttackBoard.Limited),
        Redirect(
            "a redirect leads to a local file",
            "FAILED https://HOST/f redirects to a URL that begins with neither https:// nor http://",
            _ => "file:///etc/passwd"),
        Redirect("a redirect leads to itself", "FAILED https://HOST/f: more than 10 redirects", s => s.Url),
        Redirect("a redirect leads nowhere", "FAILED https://HOST/f: the server answers with status 302 instead of the file", _ => ""),
    ];

    private static Attack Url(string name, string answer, Func<AttackSite, string> url, AttackBoard? board = null) =>
        New(name, answer, (s, i) => i["url"] = url(s), board);

    private static Attack Redirect(string name, string answer, Func<AttackSite, string> url, AttackBoard? board = null) =>
        New(name, answer, (s, _) => s.Serve(AttackServer.Redirect(url(s))), board);

    private static Attack New(string name, string answer, Action<AttackSite, JsonObject> change, AttackBoard? board = null) =>
        new("download", name, board ?? AttackBoard.Open, answer, change);
}
