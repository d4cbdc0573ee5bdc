using EdgeJobs.Runtime;
using Leds;

return await EdgeJobsAgent.CreateBuilder(args).AddHandler<SetLedHandler>().RunAsync().ConfigureAwait(false);

/// <summary>Sets LEDs.</summary>
internal sealed class SetLedHandler : IJobHandler<SetLedDocument>
{
    private readonly string _leds = Environment.GetEnvironmentVariable("LEDS") ?? "/sys/class/leds";

    public async Task<JobResult> RunAsync(SetLedDocument document, JobContext context, CancellationToken cancellationToken)
    {
        string led = Path.Combine(_leds, document.Led);
        if (!Directory.Exists(led))
        {
            return JobResult.Failed($"the board has no LED '{document.Led}'");
        }

        context.Report(50, $"setting {document.Led}");
        await File.WriteAllTextAsync(Path.Combine(led, "trigger"), document.State == SetLedDocumentState.Blink ? "timer" : "none", cancellationToken).ConfigureAwait(false);
        long brightness = document.State == SetLedDocumentState.Off ? 0 : (document.Brightness ?? 100) * 255 / 100;
        await File.WriteAllTextAsync(Path.Combine(led, "brightness"), $"{brightness}", cancellationToken).ConfigureAwait(false);
        return JobResult.Succeeded(new KeyValuePair<string, string>("brightness", $"{brightness}"));
    }
}
