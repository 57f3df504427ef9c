namespace RobustInference.Training;

/// <summary>Everything that decides what a DeepSet-TM of calibrated clients becomes.</summary>
/// <param name="Calibration">How clients are calibrated.</param>
/// <param name="DeepSet">How the DeepSet is trained on their calibrated rows. Its adversary sends any calibrated row,
/// which is more than a client can.</param>
public sealed record CalibratedDeepSetRecipe(CalibrationRecipe Calibration, DeepSetRecipe DeepSet);
