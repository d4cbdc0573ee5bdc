using System.Diagnostics;
using System.Text;

namespace EdgeJobs.LocalCloud.Tests.Commands;

/// <summary>The built <c>edgejobs-cloud</c>, run as a process like a user's.</summary>
internal static class CloudBinary
{
    /// <summary>How long anything may take before a test gives up.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    /// <summary>The executable in the output of src/EdgeJobs.LocalCloud, in the configuration of this test run.</summary>
    public static string Path { get; } = Locate();

    /// <summary>Runs it to its end.</summary>
    public static async Task<Outcome> RunAsync(string[] arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null) =>
        await RunAsync(Path, arguments, input, environment);

    /// <summary>Runs any program to its end.</summary>
    public static async Task<Outcome> RunAsync(string program, string[] arguments, string? input = null, IReadOnlyDictionary<string, string>? environment = null)
    {
        using Process process = new() { StartInfo = StartInfo(program, arguments) };
        foreach ((string name, string value) in environment ?? new Dictionary<string, string>())
        {
            process.StartInfo.Environment[name] = value;
        }

        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        if (input is not null)
        {
            await process.StandardInput.WriteAsync(input);
        }

        process.StandardInput.Close();
        using CancellationTokenSource deadline = new(Deadline);
        try
        {
            await process.WaitForExitAsync(deadline.Token);
            return new Outcome(process.ExitCode, await output.WaitAsync(deadline.Token), await errors.WaitAsync(deadline.Token));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} did not end within {Deadline.TotalSeconds} s");
        }
    }

    /// <summary>How to start a program with its streams in the test's hands.</summary>
    public static ProcessStartInfo StartInfo(string program, IEnumerable<string> arguments)
    {
        ProcessStartInfo start = new(program)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false),
        };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    private static string Locate()
    {
        // …/tests/EdgeJobs.LocalCloud.Tests/bin/CONFIGURATION/FRAMEWORK/
        DirectoryInfo framework = new(AppContext.BaseDirectory.TrimEnd(System.IO.Path.DirectorySeparatorChar));
        string root = framework.Parent!.Parent!.Parent!.Parent!.Parent!.FullName;
        string path = System.IO.Path.Combine(root, "src", "EdgeJobs.LocalCloud", "bin", framework.Parent!.Name, framework.Name, "edgejobs-cloud");
        return File.Exists(path) ? path : throw new FileNotFoundException($"{path} is missing: build the solution first", path);
    }
}

/// <summary>How a process ended.</summary>
internal sealed record Outcome(int ExitCode, string Output, string Errors);
