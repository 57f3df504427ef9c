using System.Text;
using System.Text.Json.Nodes;
using NetMQ;
using Workbook.Kernel.Messaging;

namespace Tests.Workbook.Kernel;

public class MessageTests
{
    static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    [Fact]
    public void A_signature_is_HMAC_SHA256_over_the_four_parts()
    {
        // RFC 4231, test case 2.
        Assert.Equal(
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
            new MessageSigner("Jefe").Sign(Bytes("what do ya "), Bytes("want "), Bytes("for "), Bytes("nothing?"))
        );
        Assert.True(
            new MessageSigner("Jefe").Verify(
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                Bytes("what do ya want for nothing?")
            )
        );
        Assert.False(
            new MessageSigner("Jeff").Verify(
                "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843",
                Bytes("what do ya want for nothing?")
            )
        );
    }

    [Fact]
    public void Without_a_key_messages_are_not_signed() => Assert.Equal("", new MessageSigner("").Sign(Bytes("x")));

    [Fact]
    public void A_message_survives_the_wire()
    {
        var signer = new MessageSigner("key");
        Message sent = Message.Create("stream", new JsonObject { ["text"] = "Δ 🙂" }, null, Bytes("id"));
        Message read = Message.Read(sent.Write(signer), signer);
        Assert.Equal("stream", read.Type);
        Assert.Equal("Δ 🙂", (string?)read.Content["text"]);
        Assert.Equal("id", Encoding.UTF8.GetString(Assert.Single(read.Identities)));
        Assert.Equal((string?)read.Header["msg_id"], (string?)read.Reply([]).Parent["msg_id"]);
    }

    [Fact]
    public void A_message_that_was_changed_on_its_way_is_refused()
    {
        var signer = new MessageSigner("key");
        NetMQMessage frames = Message.Create("stream", new JsonObject { ["text"] = "a" }, null).Write(signer);
        var changed = new NetMQMessage([
            .. frames.SkipLast(1).Select(frame => frame.ToByteArray()),
            Bytes("""{"text":"b"}"""),
        ]);
        Assert.Contains(
            "wrong signature",
            Assert.Throws<InvalidDataException>(() => Message.Read(changed, signer)).Message
        );
        Assert.Throws<InvalidDataException>(() => Message.Read(new NetMQMessage([Bytes("x")]), signer));
    }

    [Fact]
    public void A_connection_file_that_is_none_is_refused_with_its_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("connection.json");
        File.WriteAllText(path, "{}");
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => ConnectionFile.Read(path)).Message);
        File.WriteAllText(path, "[");
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => ConnectionFile.Read(path)).Message);
    }

    [Fact]
    public void A_kernel_that_starts_afresh_knows_the_messages_that_it_took_before()
    {
        using var folder = new TemporaryFolder();
        var before = new SeenMessages();
        Assert.True(before.Add("signature"));
        before.Leave(folder.File("seen"));
        SeenMessages after = SeenMessages.TakeOver(folder.File("seen"));
        Assert.False(after.Add("signature"));
        Assert.True(after.Add("another"));
        Assert.False(File.Exists(folder.File("seen")));
    }
}
