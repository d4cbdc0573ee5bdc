using System.Runtime.InteropServices;
using EdgeJobs.Runtime.Data;
using EdgeJobs.Runtime.Doctor;
using EdgeJobs.Runtime.Linux;
using EdgeJobs.Runtime.Settings;

namespace EdgeJobs.Runtime.Commands;

/// <summary><c>edgejobs doctor</c>: checks everything between a board and its jobs, and prints the fix of each fault.</summary>
internal static class DoctorCommand
{
    private const string Json = "--json";
    private const string ClientId = "client_id";

    /// <param name="words">The arguments after the command: the flags of <c>edgejobs run</c>, and <c>--json</c>.</param>
    /// <param name="output">The output.</param>
    /// <returns>0 if no check fails; otherwise the code that <c>edgejobs run</c> would exit with.</returns>
    public static async Task<int> RunAsync(string[] words, TextWriter output)
    {
        DoctorReport report = new(output, Array.IndexOf(words, Json) >= 0);
        using CancellationTokenSource stop = new();
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        try
        {
            string[] flags = Array.FindAll(words, w => w != Json);
            AgentSettings settings = SettingsReader.ReadRun(flags);
            settings = settings with { DataDirectory = DataDirectory.PathFor(settings.DataDirectory) };
            RuntimeTuning.SkipUserTrust();
            bool hasOwnClientId = CommandLine.Parse(flags, RunSettings.All, out _).ContainsKey(ClientId);
            await new DoctorRun(report, TimeProvider.System, Random.Shared)
                .RunAsync(settings, hasOwnClientId, stop.Token)
                .ConfigureAwait(false);
        }
        catch (UsageException e)
        {
            report.Add(DoctorCheck.Fail("settings", ExitCode.Usage, e.Message));
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            report.Add(DoctorCheck.Skip("doctor", "interrupted; the remaining checks were not run"));
        }

        report.Close();
        return report.ExitCode;

        void OnSignal(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }
}
