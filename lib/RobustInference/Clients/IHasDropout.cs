namespace RobustInference.Clients;

/// <summary>A network that drops numbers while it is trained.</summary>
public interface IHasDropout
{
    /// <summary>From here on dropout draws from the stream of this epoch, so that a training that goes on later ends
    /// with the same bytes.</summary>
    void RestartDropout(long epoch);
}
