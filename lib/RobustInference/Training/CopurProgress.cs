namespace RobustInference.Training;

/// <summary>Where the training of COPUR's networks stands.</summary>
/// <param name="Server">Whether the auto-encoder is done and the server's model is being trained.</param>
/// <param name="Pass">Passes done of this part.</param>
/// <param name="Loss">Mean loss of the pass: squared error, then cross-entropy.</param>
/// <param name="HeldOut">On the held-out part after the pass: squared error, then accuracy.</param>
public readonly record struct CopurProgress(bool Server, int Pass, double Loss, double HeldOut);
