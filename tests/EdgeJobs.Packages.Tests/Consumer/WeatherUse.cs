using Greenhouse.Control;

/// <summary>Compiles only if the generator of the package has read the spec in YAML and the file that it refers to.</summary>
internal static class WeatherUse
{
    public static string Topic => WeatherTopics.Weather("north");

    public static Measured Message => new() { Unit = MeasuredUnit.Kelvin };
}
