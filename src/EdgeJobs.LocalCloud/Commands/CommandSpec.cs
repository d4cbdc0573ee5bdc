using System.Text;

namespace EdgeJobs.LocalCloud.Commands;

/// <summary>What one command understands: its arguments and options, and the help text made of them.</summary>
/// <param name="Name">The words that select it, such as <c>thing create</c>.</param>
/// <param name="Arguments">The names of its positional arguments, all required.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Flags">Its options.</param>
/// <param name="Notes">More lines for its help, such as an example; may be empty.</param>
internal sealed record CommandSpec(string Name, IReadOnlyList<string> Arguments, string Summary, IReadOnlyList<Flag> Flags, string Notes = "")
{
    /// <summary>The name of the program.</summary>
    public const string Program = "edgejobs-cloud";

    /// <summary>The option of that name in either spelling, or null.</summary>
    public Flag? Find(string name)
    {
        foreach (Flag flag in Flags)
        {
            if (flag.Name.Length == name.Length && flag.Name == name.Replace('-', '_'))
            {
                return flag;
            }
        }

        return null;
    }

    /// <summary>The help text.</summary>
    public string Help()
    {
        StringBuilder text = new();
        text.Append("Usage: ").Append(Program).Append(' ').Append(Name);
        foreach (string argument in Arguments)
        {
            text.Append(' ').Append(argument);
        }

        foreach (Flag flag in Flags)
        {
            if (flag.Required)
            {
                text.Append(' ').Append(Spelled(flag));
            }
        }

        text.Append(" [OPTIONS]\n\n").Append(Summary).Append("\n\nOptions:\n");
        int width = "--help".Length;
        foreach (Flag flag in Flags)
        {
            width = Math.Max(width, Spelled(flag).Length);
        }

        foreach (Flag flag in Flags)
        {
            text.Append("  ").Append(Spelled(flag).PadRight(width)).Append("  ").Append(flag.Help).Append('\n');
        }

        text.Append("  ").Append("--help".PadRight(width)).Append("  show this help\n");
        if (Notes.Length > 0)
        {
            text.Append('\n').Append(Notes).Append('\n');
        }

        return text.ToString();
    }

    private static string Spelled(Flag flag)
    {
        string many = flag.Many ? "..." : string.Empty;
        return flag.Value is null ? $"--{flag.Name}" : $"--{flag.Name} {flag.Value}{many}";
    }
}
