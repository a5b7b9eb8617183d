using Fleet.SignalR.Channels;
using Fleet.SignalR.Connections;
using Fleet.SignalR.Wire;

namespace Fleet.SignalR;

internal sealed partial class Backplane
{
    /// <summary>What came on a channel, in order.</summary>
    private void Receive(ChannelSubscription channel, IReadOnlyList<ReadOnlyMemory<byte>> messages)
    {
        var together = new List<HubPayload>(messages.Count);
        foreach (var message in messages)
        {
            try
            {
                var reader = new EnvelopeReader(message);
                if (reader.Kind != EnvelopeKind.Delivery)
                {
                    Receive(ref reader);
                    continue;
                }

                var delivery = Delivery.Read(ref reader);
                if (delivery.Excluded.Count == 0)
                {
                    together.Add(delivery.Payload);
                    continue;
                }

                Deliver(channel, together);
                Deliver(channel, delivery);
            }
            catch (InvalidDataException e)
            {
                BackplaneMetrics.Rejected.Add(1);
                LogRejected(channel.Name, e.Message);
            }
        }

        Deliver(channel, together);
    }

    /// <summary>Hands messages to everyone who watches a channel: what came together goes out together.</summary>
    private void Deliver(ChannelSubscription channel, List<HubPayload> payloads)
    {
        if (payloads.Count == 0) return;
        var watchers = _channels.WatchersOf(channel);
        if (HubPayload.TryJoin(payloads, out var joined))
        {
            foreach (var watcher in watchers) watcher.Outbox.Post(joined);
        }
        else
        {
            foreach (var payload in payloads)
            {
                foreach (var watcher in watchers) watcher.Outbox.Post(payload);
            }
        }

        BackplaneMetrics.Deliveries.Add(watchers.Length * payloads.Count);
        payloads.Clear();
    }

    private void Deliver(ChannelSubscription channel, Delivery delivery)
    {
        var excluded = delivery.Excluded.ToHashSet();
        var deliveries = 0;
        foreach (var watcher in _channels.WatchersOf(channel))
        {
            if (excluded.Contains(watcher.Id)) continue;
            watcher.Outbox.Post(delivery.Payload);
            deliveries++;
        }

        BackplaneMetrics.Deliveries.Add(deliveries);
    }

    /// <summary>What one server says to another.</summary>
    private void Receive(ref EnvelopeReader reader)
    {
        switch (reader.Kind)
        {
            case EnvelopeKind.Letter:
                Receive(Letter.Read(ref reader));
                break;
            case EnvelopeKind.Request:
                Receive(Request.Read(ref reader));
                break;
            case EnvelopeKind.Answer:
                _requests.Answered(Wire.Answer.Read(ref reader));
                break;
            case EnvelopeKind.Receipt:
                var receipt = Receipt.Read(ref reader);
                _owners.Answered(receipt.Connection, receipt.Number, receipt.Server);
                break;
            case EnvelopeKind.Result:
                _results.Complete(Result.Read(ref reader));
                break;
            case EnvelopeKind.Check:
                Checking(Check.Read(ref reader));
                break;
            case EnvelopeKind.Checked:
                Checked(Check.Read(ref reader));
                break;
            case EnvelopeKind.Forget:
                foreach (var invocation in Check.Read(ref reader).Invocations) _results.Remove(invocation);
                break;
            default:
                throw new InvalidDataException($"There is no kind {(byte)reader.Kind}.");
        }
    }

    private void Receive(Letter letter)
    {
        foreach (var recipient in letter.Recipients)
        {
            if (!_connections.TryGetValue(recipient.Connection, out var connection)) continue;
            connection.Outbox.Post(letter.Payload);
            BackplaneMetrics.Deliveries.Add(1);
            if (recipient.Number != 0) Tell(_names.Server(letter.Server), new Receipt(Server, recipient.Number, recipient.Connection).Write());
        }
    }

    private void Receive(Request request)
    {
        if (!_connections.TryGetValue(request.Connection, out var connection))
        {
            Answer(request, has: false);
            return;
        }

        switch (request.Operation)
        {
            case Operation.Join:
                _ = JoinAndAnswerAsync(request, connection);
                break;
            case Operation.Leave:
                Leave(_names.Group(request.Subject), connection);
                Answer(request, has: true);
                break;
            default:
                Invoke(request, connection);
                break;
        }
    }

    private void Answer(Request request, bool has)
    {
        var answer = new Answer(Server, request.Number, request.Connection, has);
        if (request.Server == Server) _requests.Answered(answer);
        else Tell(_names.Server(request.Server), answer.Write());
    }

    /// <summary>Says something to other servers, which do without it where Redis is away.</summary>
    private void Tell(string channel, ReadOnlyMemory<byte> message) => _ = TellAsync(channel, message);

    private async Task TellAsync(string channel, ReadOnlyMemory<byte> message)
    {
        try
        {
            await _redis.PublishAsync(channel, message);
        }
        catch (BackplaneUnavailableException e)
        {
            LogNotTold(channel, e.Message);
        }
    }
}
