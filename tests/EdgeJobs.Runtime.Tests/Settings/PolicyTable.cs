namespace EdgeJobs.Runtime.Tests.Settings;

/// <summary>
/// What is expected of each job under each policy, written out by hand. A line names documents and has two columns of signs: for an
/// agent that is root, and for one that is the user <c>daemon</c>. The signs stand for <c>runAsUser</c>: absent, root, nobody, the agent's
/// own user, and a user that the board does not have; <c>+</c> is accepted, <c>-</c> is rejected before the first step.
/// </summary>
internal static class PolicyTable
{
    public const string NoPolicy = "none";
    public const string NoUser = "absent";
    public const string ListedDirectory = "/opt/listed";
    public const string OtherDirectory = "/opt/elsewhere";
    public const string Own = "own";
    private static readonly string[] Agents = ["root", "daemon"];
    private static readonly string[] Users = [NoUser, "root", "nobody", Own, "no-such-user"];

    /// <summary>A document can name no user: its signs are one and not five.</summary>
    private static readonly string[] WithoutUser = ["legacy", "legacyListed", "legacyElsewhere", "legacyPath", "operation"];

    /// <summary>Groups of documents that the table names together.</summary>
    private static readonly Dictionary<string, string[]> Groups = new()
    {
        ["commands"] = ["command", "commandByName", "commandRelative"],
        ["handlers"] = ["handler", "handlerListed", "handlerElsewhere", "handlerPath", "handlerFullPath", "handlerRelative"],
        ["finals"] = ["finalCommand", "finalHandler"],
        ["legacies"] = ["legacy", "legacyListed", "legacyElsewhere", "legacyPath"],
    };

    private static readonly string[] Documents =
        [.. Groups["commands"], .. Groups["handlers"], .. Groups["finals"], .. Groups["legacies"], "operation"];

    private const string Text = """
        none
            commands handlers finals                                            +++++ +++++
            legacies operation                                                  + +
        {}
            commands                                                            --+-- +-++-
            handlers finals                                                     ----- +-++-
            legacies operation                                                  - +
        { "users": ["root"] }
            commands handlers finals                                            ++-+- ++---
            legacies operation                                                  + +
        { "users": ["nobody"] }
            commands                                                            --+-- +-+--
            handlers finals                                                     ----- +-+--
            legacies operation                                                  - +
        { "users": ["nobody", "root"] }
            commands handlers finals                                            ++++- +++--
            legacies operation                                                  + +
        { "users": [] }
            commands handlers finals                                            ----- +----
            legacies operation                                                  - +
        { "users": ["no-such-user"] }
            commands                                                            ----+ +---+
            handlers finals                                                     ----- +---+
            legacies operation                                                  - +
        { "commands": ["/usr/bin/id"] }
            commands                                                            --+-- +-++-
            handler finals                                                      ----- +-++-
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    - +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody"], "commands": ["/usr/bin/true"] }
            commands                                                            ----- -----
            handler                                                             ----- +-+--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative finals                                              ----- -----
            legacy operation                                                    - +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody", "root"], "commands": ["/usr/bin/id"] }
            commands handler finals                                             ++++- +++--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    + +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody", "root"], "commands": [] }
            commands finals                                                     ----- -----
            handler                                                             ++++- +++--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    + +
            legacyListed legacyElsewhere legacyPath                             - -
        { "handlers": ["show.sh"] }
            commands                                                            --+-- +-++-
            handler finals                                                      ----- +-++-
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    - +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody", "root"], "handlers": ["show.sh", "true", "/usr/bin/true"] }
            commands handler finals                                             ++++- +++--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    + +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody", "root"], "handlers": ["other.sh"], "strict": true }
            commands                                                            ++++- +++--
            handlers finals                                                     ----- -----
            legacies                                                            - -
            operation                                                           + +
        { "users": ["nobody", "root"], "handlers": ["show.sh"], "strict": true }
            commands handler finals                                             ++++- +++--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy operation                                                    + +
            legacyListed legacyElsewhere legacyPath                             - -
        { "users": ["nobody", "root"], "handlerDirectories": ["/opt/listed"] }
            commands handler handlerListed finals                               ++++- +++--
            handlerElsewhere handlerPath handlerFullPath handlerRelative        ----- -----
            legacy legacyListed operation                                       + +
            legacyElsewhere legacyPath                                          - -
        { "handlers": ["show.sh"], "handlerDirectories": ["/opt/listed/"] }
            commands                                                            --+-- +-++-
            handler handlerListed finals                                        ----- +-++-
            handlerElsewhere handlerPath handlerFullPath handlerRelative        ----- -----
            legacy legacyListed operation                                       - +
            legacyElsewhere legacyPath                                          - -
        { "users": ["nobody", "root"], "strict": true }
            commands handler handlerListed handlerElsewhere finals              ++++- +++--
            handlerRelative                                                     ++++- +++--
            handlerPath handlerFullPath                                         ----- -----
            legacy legacyListed legacyElsewhere operation                       + +
            legacyPath                                                          - -
        { "users": ["nobody", "root"], "operations": ["runCommand"] }
            commands                                                            ++++- +++--
            handlers finals                                                     ----- -----
            legacies operation                                                  - -
        { "users": ["nobody", "root"], "operations": ["runHandler"] }
            commands finals                                                     ----- -----
            handlers                                                            ++++- +++--
            legacies                                                            + +
            operation                                                           - -
        { "operations": ["set-led"] }
            commands handlers finals                                            ----- -----
            legacies                                                            - -
            operation                                                           - +
        { "users": ["root"], "operations": ["set-led", "runCommand", "runHandler"] }
            commands handlers finals                                            ++-+- ++---
            legacies operation                                                  + +
        { "operations": [] }
            commands handlers finals                                            ----- -----
            legacies operation                                                  - -
        { "users": ["nobody"], "operations": ["runCommand", "runHandler"], "commands": ["/usr/bin/id"], "handlers": ["show.sh"] }
            commands                                                            --+-- +-+--
            handler finals                                                      ----- +-+--
            handlerListed handlerElsewhere handlerPath handlerFullPath          ----- -----
            handlerRelative                                                     ----- -----
            legacy                                                              - +
            legacyListed legacyElsewhere legacyPath operation                   - -
        """;

    public static IReadOnlyList<(string Text, Dictionary<string, string[]> Signs)> Policies { get; } = Parse();

    public static int CellsOfOnePolicy => Agents.Length * (((Documents.Length - WithoutUser.Length) * Users.Length) + WithoutUser.Length);

    public static TheoryData<int> PolicyNumbers => [.. Enumerable.Range(0, Policies.Count)];

    public static TheoryData<int, string, string, string, string, bool> Cells()
    {
        TheoryData<int, string, string, string, string, bool> cells = [];
        for (int number = 0; number < Policies.Count; number++)
        {
            foreach (string agent in Agents)
            {
                foreach ((string document, string user, bool isAccepted) in Rows(number, agent))
                {
                    cells.Add(number, Policies[number].Text, document, agent, user, isAccepted);
                }
            }
        }

        return cells;
    }

    /// <summary>The cells of one policy and one agent.</summary>
    public static IEnumerable<(string Document, string User, bool IsAccepted)> Rows(int number, string agent)
    {
        foreach (string document in Documents)
        {
            string signs = Policies[number].Signs[document][Array.IndexOf(Agents, agent)];
            for (int i = 0; i < signs.Length; i++)
            {
                yield return (document, Users[i], signs[i] == '+');
            }
        }
    }

    /// <summary>A job document of one kind.</summary>
    public static string Document(string kind, string user)
    {
        string runAs = user == NoUser ? "" : $$""", "runAsUser": "{{user}}" """;
        string command = Command("/usr/bin/id");
        string handler = Handler("show.sh", "default");
        return kind switch
        {
            "command" => Steps(command),
            "commandByName" => Steps(Command("id")),
            "commandRelative" => Steps(Command("bin/id", """, "workingDirectory": "/usr" """)),
            "handler" => Steps(handler),
            "handlerListed" => Steps(Handler("show.sh", ListedDirectory)),
            "handlerElsewhere" => Steps(Handler("show.sh", OtherDirectory)),
            "handlerPath" => Steps(Handler("true", null)),
            "handlerFullPath" => Steps(Handler("/usr/bin/true", null)),
            "handlerRelative" => Steps(Handler("show.sh", "../elsewhere", $$""", "workingDirectory": "{{ListedDirectory}}" """)),
            "finalCommand" => Steps(handler, command),
            "finalHandler" => Steps(command, handler),
            "legacy" => """{ "operation": "show.sh", "path": "default" }""",
            "legacyListed" => $$"""{ "operation": "show.sh", "path": "{{ListedDirectory}}" }""",
            "legacyElsewhere" => $$"""{ "operation": "show.sh", "path": "{{OtherDirectory}}" }""",
            "legacyPath" => """{ "operation": "true" }""",
            "operation" => """{ "operation": "set-led", "led": "mast", "state": "on", "brightness": "20" }""",
            _ => throw new ArgumentException(kind),
        };

        string Command(string program, string more = "") => $$"""{ "name": "n", "type": "runCommand", "input": { "command": "{{program}}" }{{runAs}}{{more}} }""";

        string Handler(string name, string? path, string more = "") =>
            $$"""{ "name": "n", "type": "runHandler", "input": { "handler": "{{name}}"{{(path is null ? "" : $$""", "path": "{{path}}" """)}} }{{runAs}}{{more}} }""";

        static string Steps(string step, string? final = null) =>
            $$"""{ "version": "1.0", "steps": [{ "action": {{step}} }]{{(final is null ? "" : $$""", "finalStep": { "action": {{final}} }""")}} }""";
    }

    private static List<(string Text, Dictionary<string, string[]> Signs)> Parse()
    {
        List<(string Text, Dictionary<string, string[]> Signs)> policies = [];
        foreach (string line in Text.Split('\n'))
        {
            if (line[0] != ' ')
            {
                policies.Add((line.Trim(), []));
                continue;
            }

            string[] words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            foreach (string name in words[..^2])
            {
                foreach (string document in Groups.TryGetValue(name, out string[]? group) ? group : [name])
                {
                    policies[^1].Signs.Add(document, words[^2..]);
                }
            }
        }

        return policies;
    }
}
