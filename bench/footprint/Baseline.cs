using System.Text.Json;

namespace EdgeJobs.Footprint;

/// <summary>
/// Stored figures and how far from them a build may be. The file is a JSON object: for each figure its value, and either
/// <c>tolerance</c> in the figure's unit or <c>tolerancePercent</c>.
/// </summary>
internal static class Baseline
{
    /// <summary>Compares and prints each figure.</summary>
    /// <returns>True when all figures are within their tolerances.</returns>
    public static bool Compare(string file, Result result, TextWriter writer)
    {
        using JsonDocument document = JsonDocument.Parse(File.ReadAllText(file));
        bool within = true;
        foreach (JsonProperty stored in document.RootElement.GetProperty("figures").EnumerateObject())
        {
            (string _, string title, Func<double, string> write) = Figures.All.Single(figure => figure.Name == stored.Name);
            double value = stored.Value.GetProperty("value").GetDouble();
            double tolerance = stored.Value.TryGetProperty("tolerance", out JsonElement absolute)
                ? absolute.GetDouble()
                : value * stored.Value.GetProperty("tolerancePercent").GetDouble() / 100;
            if (!result.Values.TryGetValue(stored.Name, out double now))
            {
                writer.WriteLine($"FAILED   {title}: not measured");
                within = false;
            }
            else if (now > value + tolerance)
            {
                writer.WriteLine($"FAILED   {title}: {write(now)}, stored {write(value)}, at most {write(value + tolerance)}");
                within = false;
            }
            else
            {
                string better = now < value - tolerance ? "; store the better figure" : "";
                writer.WriteLine($"within   {title}: {write(now)}, stored {write(value)}, at most {write(value + tolerance)}{better}");
            }
        }

        return within;
    }
}
