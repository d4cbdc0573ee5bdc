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
    public async Task An_unacknowledged_message_delays_the_others_by_at_most_one_period()
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
    public async Task Acknowledgements_overtake_once_half_of_the_capacity_is_used()
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
    public async Task Messages_beyond_the_capacity_are_rejected()
    {
        InboundReceipts receipts = New(2);
        await AddAsync(receipts, 2);
        Assert.Null(await receipts.AddAsync(3));
    }

    [Fact]
    public async Task Acknowledgements_that_the_server_does_not_read_block_the_receiver()
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
    public async Task Nothing_is_acknowledged_on_a_closed_connection()
    {
        InboundReceipts receipts = New(4);
        MessageReceipt[] all = await AddAsync(receipts, 2);
        receipts.Close();
        all[0].Acknowledge();
        default(MessageReceipt).Acknowledge();
        Assert.Empty(_sent);
    }

    [Fact]
    public async Task After_a_failed_acknowledgement_no_more_are_sent()
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
    public async Task Each_is_sent_once_from_many_threads()
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
