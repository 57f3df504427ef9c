using RobustInference.Files;
using RobustInference.Serving;

namespace RobustInference.Training;

/// <summary>Files of trained rules of any kind.</summary>
public static class TrainedRuleFile
{
    /// <summary>Reads a DeepSet, a CertifiedVote or a rule of calibrated clients, whichever the file holds.</summary>
    /// <exception cref="InvalidDataException">None of them, or a broken file.</exception>
    public static ITrainedRule Read(string path)
    {
        if (IsZip(path))
            throw new InvalidDataException(
                $"{path}: is an .npz or another zip file, and no trained rule; 'workbook aggregator train' writes one"
            );
        return NetworkFile.KindOf(path) switch
        {
            CertifiedVoteFile.Kind => CertifiedVoteFile.Read(path),
            CalibratedFile.Kind => CalibratedFile.Read(path),
            _ => DeepSetFile.Read(path),
        };
    }

    static bool IsZip(string path)
    {
        Span<byte> first = stackalloc byte[4];
        using var file = InputFile.Open(path, "a trained rule");
        return file.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == 4
            && first.SequenceEqual("PK\x03\x04"u8);
    }
}
