using System.Globalization;

namespace EdgeJobs.Board.Tests;

/// <summary>What the kernel of a board says about the agent's memory, in kB.</summary>
/// <param name="PrivateDirty">What only the agent has and no file can restore.</param>
/// <param name="Pss">What it has, shared pages divided by the number of those that share them.</param>
/// <param name="Rss">All that it has in memory.</param>
internal sealed record BoardMemory(int PrivateDirty, int Pss, int Rss)
{
    // The agent returns memory when it is idle, twice: the second time after 40 s.
    private const int QuietReadings = 10;
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(5);

    /// <summary>Reads it until private dirty memory has not changed for 50 s.</summary>
    public static async Task<BoardMemory> OfIdleAgentAsync(Board board)
    {
        using CancellationTokenSource deadline = new(TimeSpan.FromMinutes(10));
        BoardMemory last = await ReadAsync(board);
        for (int quiet = 0; quiet < QuietReadings;)
        {
            await Task.Delay(Between, deadline.Token);
            BoardMemory now = await ReadAsync(board);
            quiet = now.PrivateDirty == last.PrivateDirty ? quiet + 1 : 0;
            last = now;
        }

        return last;
    }

    private static async Task<BoardMemory> ReadAsync(Board board)
    {
        string text = await board.RunAsync("cat /proc/$(systemctl show --property MainPID --value edgejobs)/smaps_rollup");
        Dictionary<string, int> values = text.Split('\n')
            .Select(line => line.Split([':', ' '], StringSplitOptions.RemoveEmptyEntries))
            .Where(words => words is [_, _, "kB"])
            .ToDictionary(words => words[0], words => int.Parse(words[1], CultureInfo.InvariantCulture));
        return new BoardMemory(values["Private_Dirty"], values["Pss"], values["Rss"]);
    }
}
