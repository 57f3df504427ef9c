using RobustInference.Aggregators;
using RobustInference.Networks;
using RobustInference.Numerics;
using RobustInference.Probits;

namespace RobustInference.Training;

/// <summary>A trained CertifiedVote on disk: its weights as float32; its sizes and how it was trained as
/// metadata.</summary>
public static class CertifiedVoteFile
{
    internal const string Kind = "robust-inference/certified-vote";

    /// <summary>Writes atomically.</summary>
    /// <param name="path">A <c>.safetensors</c> file.</param>
    /// <param name="trained">What to write.</param>
    public static void Write(string path, TrainedVote trained)
    {
        var members = trained.Network.Members;
        NetworkFile.Write(
            path,
            Kind,
            trained.Network,
            ("clients", trained.Network.Clients),
            ("classes", trained.Network.Classes),
            ("hidden", members[0].Hidden),
            ("embedding", members[0].Embedding),
            ("members", members.Count),
            ("corrupted", trained.Corrupted),
            ("any", trained.Adversary == Adversary.Any ? 1 : 0)
        );
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    /// <exception cref="InvalidDataException">Another kind of file, a missing tensor, a wrong shape or an influence
    /// that is not in 0…1, named.</exception>
    public static TrainedVote Read(string path)
    {
        var file = NetworkFile.Open(path, Kind, "a trained CertifiedVote");
        int clients = file.Whole("clients", 1, 100_000),
            classes = file.Whole("classes", 2, 100_000),
            hidden = file.Whole("hidden", 1, 16_384),
            embedding = file.Whole("embedding", 0, 16_384),
            count = file.Whole("members", 1, 1000),
            corrupted = file.Whole("corrupted", 0, (clients - 1) / 2);
        bool any = file.Whole("any", 0, 1) == 1;
        for (int m = 0; m < count; m++)
        {
            string own = $"members.{m}.";
            file.CheckLinear($"{own}row_in", 2 * classes, hidden);
            file.CheckLinear($"{own}between", hidden, hidden);
            file.CheckLinear($"{own}vote_out", hidden, classes);
            file.CheckTensor($"{own}embedding", clients, embedding);
            file.CheckTensor($"{own}client_in", hidden, embedding);
            file.CheckTensor($"{own}influence", clients);
            file.CheckTensor($"{own}bias", classes);
        }
        var network = new VoteNetwork([
            .. Enumerable.Range(0, count).Select(m => new VoteMember(clients, classes, hidden, embedding, 0, m)),
        ]);
        file.Fill(network);
        foreach (var (member, m) in network.Members.Select((member, m) => (member, m)))
        {
            using var values = member.Influence.detach();
            foreach (float influence in values.Floats())
                if (influence is < 0 or > 1)
                    throw new InvalidDataException(
                        FormattableString.Invariant(
                            $"{path}: tensor members.{m}.influence holds {influence}, which is not in 0…1"
                        )
                    );
        }
        return new TrainedVote(network, corrupted, any ? Adversary.Any : Adversary.Fixed);
    }
}
