namespace RobustInference.Training;

/// <summary>Files of trained rules of any kind.</summary>
public static class TrainedRuleFile
{
    /// <summary>Reads a DeepSet or a CertifiedVote, whichever the file holds.</summary>
    /// <exception cref="InvalidDataException">Neither, or a broken file.</exception>
    public static ITrainedRule Read(string path) =>
        CertifiedVoteFile.Is(path) ? CertifiedVoteFile.Read(path) : DeepSetFile.Read(path);
}
