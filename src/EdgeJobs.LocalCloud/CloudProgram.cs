using System.Text;
using EdgeJobs.LocalCloud.Commands;
using EdgeJobs.LocalCloud.Demo;
using EdgeJobs.Protocol;

namespace EdgeJobs.LocalCloud;

/// <summary>
/// The command line of <c>edgejobs-cloud</c>: selects the command, and maps failures to one line on stderr and an exit code.
/// </summary>
internal static class CloudProgram
{
    private static readonly CommandSpec[] Commands =
    [
        Serve.Spec, DemoCommand.Spec, ThingCreate.Spec, JobCreate.Spec, JobShow.Spec, JobList.Spec, JobCancel.Spec,
        PolicySet.Spec, PolicyShow.Spec, PolicyList.Spec, PolicyAttach.Attach, PolicyAttach.Detach, PolicyDelete.Spec,
        TemplateCreate.Spec, ClaimCreate.Spec,
    ];

    private static readonly CommandSpec Overview = new(string.Empty, [], string.Empty, []);

    public static async Task<int> RunAsync(string[] args)
    {
        if (args is [] or ["--help" or "-h" or "help"])
        {
            Console.Out.Write(Help());
            return args.Length == 0 ? ExitCode.Usage : ExitCode.Done;
        }

        if (args is ["--version"])
        {
            Console.Out.Write($"{CommandSpec.Program} {typeof(CloudProgram).Assembly.GetName().Version?.ToString(3)}\n");
            return ExitCode.Done;
        }

        using ShutdownSignal interruption = new();
        string name = CommandSpec.Program;
        try
        {
            (CommandSpec spec, int words) = SelectCommand(args);
            name = $"{CommandSpec.Program} {spec.Name}";
            ParsedCommand command = ParsedCommand.Parse(spec, args.AsSpan(words));
            if (command.WantsHelp)
            {
                Console.Out.Write(spec == Overview ? Help() : spec.Help());
                return ExitCode.Done;
            }

            return await RunAsync(command, interruption.Token).ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            Console.Error.Write($"{SafeText.Of(name)}: {SafeText.Of(e.Message)}\n");
            return ExitCode.Usage;
        }
        catch (CloudException e)
        {
            Console.Error.Write($"{SafeText.Of(name)}: {SafeText.Of(e.Message)}\n");
            return e.ExitCode;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    private static Task<int> RunAsync(ParsedCommand command, CancellationToken cancellationToken) => command.Spec.Name switch
    {
        "serve" => Serve.RunAsync(command, Console.Out, cancellationToken),
        "demo" => DemoCommand.RunAsync(command, Console.Out, cancellationToken),
        "thing create" => ThingCreate.RunAsync(command, Console.Out, cancellationToken),
        "job create" => JobCreate.RunAsync(command, Console.In, Console.Out, cancellationToken),
        "job show" => JobShow.RunAsync(command, Console.Out, cancellationToken),
        "job list" => JobList.RunAsync(command, Console.Out, cancellationToken),
        "policy set" => PolicySet.RunAsync(command, Console.Out, cancellationToken),
        "policy show" => PolicyShow.RunAsync(command, Console.Out, cancellationToken),
        "policy list" => PolicyList.RunAsync(command, Console.Out, cancellationToken),
        "policy attach" or "policy detach" => PolicyAttach.RunAsync(command, Console.Out, cancellationToken),
        "template create" => TemplateCreate.RunAsync(command, Console.Out, cancellationToken),
        "claim create" => ClaimCreate.RunAsync(command, Console.Out, cancellationToken),
        "policy delete" => PolicyDelete.RunAsync(command, Console.Out, cancellationToken),
        _ => JobCancel.RunAsync(command, Console.Out, cancellationToken),
    };

    private static (CommandSpec Spec, int Words) SelectCommand(string[] args)
    {
        foreach (CommandSpec spec in Commands)
        {
            string[] words = spec.Name.Split(' ');
            if (args.Length >= words.Length && args.AsSpan(0, words.Length).SequenceEqual(words))
            {
                return (spec, words.Length);
            }
        }

        // 'job --help' and the like: the top-level help lists the commands.
        if (args[^1] is "--help" or "-h")
        {
            return (Overview, args.Length - 1);
        }

        throw new UsageException($"unknown command '{string.Join(' ', args.Take(2))}'; see {CommandSpec.Program} --help");
    }

    private static string Help()
    {
        StringBuilder text = new();
        text.Append("edgejobs-cloud: AWS IoT Jobs on this machine: an MQTT broker, the Jobs service and the AWS REST API\n\n");
        text.Append("Usage: edgejobs-cloud COMMAND [OPTIONS]\n\nCommands:\n");
        foreach (CommandSpec spec in Commands)
        {
            text.Append("  ").Append(spec.Name.PadRight(16)).Append(spec.Summary).Append('\n');
        }

        text.Append("\nedgejobs-cloud COMMAND --help shows the options of a command.\n");
        return text.ToString();
    }
}
