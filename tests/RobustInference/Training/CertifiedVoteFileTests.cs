using RobustInference.Aggregators;
using RobustInference.Files;
using RobustInference.Networks;
using RobustInference.Probits;
using RobustInference.Training;
using Tests.RobustInference.Aggregators;

namespace Tests.RobustInference.Training;

public sealed class CertifiedVoteFileTests : IDisposable
{
    readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Sound()
    {
        using var network = DrawnVotes.Network(5, 3, members: 2);
        CertifiedVoteFile.Write(folder.File("sound.safetensors"), new TrainedVote(network, 2, Adversary.Any));
        return Safetensors.Read(folder.File("sound.safetensors"));
    }

    [Theory, InlineData(1, 3), InlineData(3, 0)]
    public void Written_and_read_it_is_the_same_rule(int members, int embedding)
    {
        using var network = DrawnVotes.Network(5, 3, members, embedding).WithInfluences();
        string path = folder.File("a.safetensors");
        CertifiedVoteFile.Write(path, new TrainedVote(network, 2, Adversary.Any));
        var again = Assert.IsType<TrainedVote>(TrainedRuleFile.Read(path));
        Assert.Equal((2, Adversary.Any), (again.Corrupted, again.Adversary));
        using var answers = EveryRule.Rows(1, 20, 5, 3);
        using TorchSharp.torch.Tensor before = new CertifiedVote(network).Scores(answers),
            after = again.Rule.Scores(answers);
        Assert.Equal(before.data<float>().ToArray(), after.data<float>().ToArray());
        byte[] bytes = File.ReadAllBytes(path);
        CertifiedVoteFile.Write(path, again);
        Assert.Equal(bytes, File.ReadAllBytes(path));
    }

    [Fact]
    public void A_DeepSet_is_read_as_one()
    {
        using var network = new DeepSetNetwork(3, 4, 1);
        DeepSetFile.Write(folder.File("d.safetensors"), network, 2);
        Assert.IsType<TrainedDeepSet>(TrainedRuleFile.Read(folder.File("d.safetensors")));
    }

    [Fact]
    public void Answers_of_other_clients_are_refused_in_one_line()
    {
        using var network = DrawnVotes.Network(5, 3);
        using var answers = Certificates.Ensembles.Draw(1, 3, 6, 3);
        Assert.Contains(
            "was trained for 5 clients and 3 classes, the answers have 6 and 3",
            Assert
                .Throws<InvalidDataException>(() => new TrainedVote(network, 2, Adversary.Any).CheckFits("a", answers))
                .Message
        );
    }

    public static TheoryData<string, string> Broken =>
        new()
        {
            { "other kind", "not a trained CertifiedVote" },
            { "missing tensor", "members.1.between.weight is missing" },
            { "wrong shape", "members.0.embedding has the shape (3, 5), wanted (5, 3)" },
            { "NaN", "members.1.bias holds a number that is not finite" },
            { "no clients", "'clients' is ''" },
            { "clients in words", "'clients' is 'five'" },
            { "enormous", "members.0.row_in.weight has the shape (11, 6), wanted (16384, 200000)" },
            { "many members", "members.2.row_in.weight is missing" },
            { "more members than allowed", "'members' is '1000000'" },
            { "more liars than half", "'corrupted' is '3', wanted a whole number in 0…2" },
            { "too much influence", "members.0.influence holds 1.5, which is not in 0…1" },
            { "negative influence", "members.1.influence holds -0.5, which is not in 0…1" },
        };

    [Theory, MemberData(nameof(Broken))]
    public void A_broken_file_gets_one_line_that_names_it_and_the_place(string how, string says)
    {
        var (tensors, metadata) = Sound();
        switch (how)
        {
            case "other kind":
                metadata["kind"] = "something else";
                break;
            case "missing tensor":
                tensors.Remove("members.1.between.weight");
                break;
            case "wrong shape":
                tensors["members.0.embedding"] = tensors["members.0.embedding"] with { Shape = [3, 5] };
                break;
            case "NaN":
                tensors["members.1.bias"].Values[1] = float.NaN;
                break;
            case "no clients":
                metadata.Remove("clients");
                break;
            case "clients in words":
                metadata["clients"] = "five";
                break;
            case "enormous":
                (metadata["classes"], metadata["hidden"]) = ("100000", "16384");
                break;
            case "many members":
                metadata["members"] = "1000";
                break;
            case "more members than allowed":
                metadata["members"] = "1000000";
                break;
            case "more liars than half":
                metadata["corrupted"] = "3";
                break;
            case "too much influence":
                tensors["members.0.influence"].Values[2] = 1.5f;
                break;
            case "negative influence":
                tensors["members.1.influence"].Values[0] = -0.5f;
                break;
            default:
                throw new ArgumentException(how);
        }
        string path = folder.File("broken.safetensors");
        Safetensors.Write(path, tensors, metadata);
        string message = Assert.Throws<InvalidDataException>(() => CertifiedVoteFile.Read(path)).Message;
        Assert.Contains(path, message);
        Assert.Contains(says, message);
        Assert.DoesNotContain('\n', message);
    }
}
