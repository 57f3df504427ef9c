using TorchSharp;

namespace RobustInference.Numerics;

/// <summary>How many threads torch uses inside one operator.</summary>
public static class TorchThreads
{
    /// <summary>One for the calling thread. The products here are small: a second thread gains little on a quiet
    /// machine, waits at every barrier on a busy one (seconds become minutes), and changes the last bits of sums. Work
    /// is spread over whole experiments instead.</summary>
    public static void One() => torch.set_num_threads(1);
}
