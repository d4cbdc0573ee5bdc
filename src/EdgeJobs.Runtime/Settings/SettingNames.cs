namespace EdgeJobs.Runtime.Settings;

/// <summary>Finds settings by name.</summary>
internal static class SettingNames
{
    private const int MaxChanges = 2;

    public static bool Same(string? a, string? b) => string.Equals(a, b, StringComparison.OrdinalIgnoreCase);

    /// <summary>The setting of a name; null if there is none. Case counts only on the command line.</summary>
    public static Setting? Find(string name, Setting[] settings, StringComparison comparison = StringComparison.OrdinalIgnoreCase) =>
        Array.Find(settings, setting => string.Equals(setting.Name, name, comparison));

    /// <summary>The known name that is most similar, as a question; empty if none is similar.</summary>
    public static string DidYouMean(string name, Setting[] settings, Func<Setting, string> write)
    {
        Setting? nearest = null;
        int least = MaxChanges + 1;
        foreach (Setting setting in settings)
        {
            int distance = Distance(name, setting.Name);
            if (distance < least)
            {
                (nearest, least) = (setting, distance);
            }
        }

        return nearest is null ? "" : $", did you mean {write(nearest)}?";
    }

    /// <summary>How many characters must be inserted, removed or replaced to turn one name into the other.</summary>
    private static int Distance(string a, string b)
    {
        int[] row = new int[b.Length + 1];
        for (int j = 0; j < row.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int above = row[j];
                row[j] = Math.Min(Math.Min(row[j] + 1, row[j - 1] + 1), diagonal + (a[i - 1] == b[j - 1] ? 0 : 1));
                diagonal = above;
            }
        }

        return row[b.Length];
    }
}
