namespace EdgeJobs.LocalCloud.Demo;

/// <summary>A job of the demo.</summary>
/// <param name="ExpectedDetail">A text that one of its statusDetails must contain.</param>
internal sealed record DemoJob(string JobId, string Description, string Expected, string Document, string ExpectedDetail)
{
    /// <summary>Three jobs, one for each outcome.</summary>
    public static IReadOnlyList<DemoJob> All { get; } =
    [
        new(
            "say-hello",
            "three commands in sequence; the board reports their output",
            "SUCCEEDED",
            """
            {
              "version": "1.0",
              "includeStdOut": true,
              "steps": [
                { "action": { "name": "Greet", "type": "runCommand", "input": { "command": "echo,Hello from the edge!" } } },
                { "action": { "name": "Look busy", "type": "runCommand", "input": { "command": "sleep,1" } } },
                { "action": { "name": "Introduce the machine", "type": "runCommand", "input": { "command": "uname,-s,-r,-m" } } }
              ]
            }
            """,
            "Hello from the edge!"),
        new(
            "read-settings",
            "reads a missing file; the board reports the error",
            "FAILED",
            """
            {
              "version": "1.0",
              "steps": [
                { "action": { "name": "Read settings", "type": "runCommand", "input": { "command": "cat,/etc/edgejobs-demo/pump.conf" } } },
                { "action": { "name": "Never reached", "type": "runCommand", "input": { "command": "echo,unreachable" } } }
              ]
            }
            """,
            "pump.conf"),
        new(
            "make-gold",
            "an unknown action; the board rejects the document and runs nothing",
            "REJECTED",
            """
            {
              "version": "1.0",
              "steps": [
                { "action": { "name": "Turn lead into gold", "type": "runAlchemy", "input": { "command": "lead,gold" } } }
              ]
            }
            """,
            "runAlchemy"),
    ];
}
