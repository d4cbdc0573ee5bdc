namespace EdgeJobs.LocalCloud.Demo;

/// <summary>A job of the demo.</summary>
/// <param name="JobId">Its id.</param>
/// <param name="Story">What it is about, in a line.</param>
/// <param name="Expected">The status it should end with.</param>
/// <param name="Document">The job document.</param>
/// <param name="Proof">What a value of its statusDetails has to hold for the demo to count it as done right.</param>
internal sealed record DemoJob(string JobId, string Story, string Expected, string Document, string Proof)
{
    /// <summary>The three jobs: one of each ending.</summary>
    public static IReadOnlyList<DemoJob> All { get; } =
    [
        new(
            "say-hello",
            "three commands, one after the other; the board sends back what they print",
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
            "reads a file this machine doesn't have; the board says what went wrong",
            "FAILED",
            """
            {
              "version": "1.0",
              "steps": [
                { "action": { "name": "Read the pump's settings", "type": "runCommand", "input": { "command": "cat,/etc/edgejobs-demo/pump.conf" } } },
                { "action": { "name": "Never reached", "type": "runCommand", "input": { "command": "echo,unreachable" } } }
              ]
            }
            """,
            "pump.conf"),
        new(
            "make-gold",
            "an action nobody has heard of; the board refuses the document and runs nothing",
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
