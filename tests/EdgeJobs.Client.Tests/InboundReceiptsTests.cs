using EdgeJobs.Client.Mqtt;

namespace EdgeJobs.Client.Tests;

public sealed class InboundReceiptsTests
{
    private readonly List<int> _sent = [];

    [Fact]
    public async Task Acknowledgements_are_sent_in_the_order_of_the_messages()
    {
        InboundReceipts receipts = New(8);
        MessageReceipt[] all = await AddAsync(receipts, 3);
        all[2].Acknowledge();
        all[1].Acknowledge();
        Assert.Empty(_sent);
        all[0].Acknowledge();
        Assert.Equal([1, 2, 3], _sent);
        all[1].Acknowledge();
        Assert.Equal([1, 2, 3], _sent);
    }

    [Fact]
    public async Task One_that_is_held_back_holds_the_others_up_for_a_period_at_most()
    {
        InboundReceipts receipts = New(8);
        MessageReceipt[] all = await AddAsync(receipts, 4);
        all[1].Acknowledge();
        all[3].Acknowledge();
        await receipts.SendAsync();
        Assert.Empty(_sent);
        await receipts.SendAsync(overtake: true);
        Assert.Equal([2, 4], _sent);
        all[0].Acknowledge();
        Assert.Equal([2, 4, 1], _sent);
        all[2].Acknowledge();
        Assert.Equal([2, 4, 1, 3], _sent);
    }

    [Fact]
    public async Task When_half_of_what_the_server_may_send_is_there_those_that_are_done_overtake()
    {
        InboundReceipts receipts = New(4);
        MessageReceipt[] all = await AddAsync(receipts, 2);
        all[1].Acknowledge();
        Assert.Empty(_sent);
        Assert.NotNull(await receipts.AddAsync(3));
        await receipts.SendAsync();
        Assert.Equal([2], _sent);
    }

    [Fact]
    public async Task More_than_there_is_room_for_are_not_taken()
    {
        InboundReceipts receipts = New(2);
        await AddAsync(receipts, 2);
        Assert.Null(await receipts.AddAsync(3));
    }

    [Fact]
    public async Task Acknowledgements_that_the_server_does_not_take_hold_up_who_receives()
    {
        TaskCompletionSource stalled = new();
        InboundReceipts receipts = new(2, id =>
        {
            _sent.Add(id);
            return stalled.Task;
        });
        MessageReceipt[] all = await AddAsync(receipts, 2);
        all[0].Acknowledge();
        all[1].Acknowledge();
        Task sending = receipts.SendAsync();
        Assert.False(sending.IsCompleted);
        Assert.Equal([1], _sent);
        stalled.SetResult();
        await sending;
        Assert.Equal([1, 2], _sent);
    }

    [Fact]
    public async Task Of_a_connection_that_is_gone_nothing_is_acknowledged()
    {
        InboundReceipts receipts = New(4);
        MessageReceipt[] all = await AddAsync(receipts, 2);
        receipts.Close();
        all[0].Acknowledge();
        default(MessageReceipt).Acknowledge();
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task An_acknowledgement_that_can_not_be_sent_is_the_last()
    {
        InboundReceipts receipts = new(4, id =>
        {
            _sent.Add(id);
            throw new IOException("the link is down");
        });
        foreach (MessageReceipt receipt in await AddAsync(receipts, 3))
        {
            receipt.Acknowledge();
        }

        Assert.Equal([1], _sent);
    }

    [Fact]
    public async Task From_many_threads_each_is_sent_once()
    {
        int[] counts = new int[1 << 16];
        InboundReceipts receipts = new(16, async id =>
        {
            await Task.Yield();
            Interlocked.Increment(ref counts[id]);
        });
        List<Task> acknowledging = [];
        for (ushort id = 1; id <= 20_000; id++)
        {
            MessageReceipt? receipt;
            while ((receipt = await receipts.AddAsync(id)) is null)
            {
                await Task.Yield();
            }

            MessageReceipt taken = receipt.Value;
            acknowledging.Add(Task.Run(taken.Acknowledge));
        }

        await Task.WhenAll(acknowledging);
        using CancellationTokenSource deadline = new(EdgeJobs.Testing.Wait.Deadline);
        while (counts.Sum() < 20_000 && !deadline.IsCancellationRequested)
        {
            await Task.Yield();
        }

        Assert.All(counts[1..20_001], count => Assert.Equal(1, count));
    }

    private static async Task<MessageReceipt[]> AddAsync(InboundReceipts receipts, int count)
    {
        MessageReceipt[] all = new MessageReceipt[count];
        for (int i = 0; i < count; i++)
        {
            all[i] = (await receipts.AddAsync((ushort)(i + 1)))!.Value;
        }

        return all;
    }

    private InboundReceipts New(int capacity) => new(capacity, id =>
    {
        _sent.Add(id);
        return Task.CompletedTask;
    });
}
