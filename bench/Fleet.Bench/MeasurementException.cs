namespace Fleet.Bench;

/// <summary>A measurement whose figures would say nothing: work was lost or done twice, or did not come to an end.</summary>
internal sealed class MeasurementException(string message, Exception? inner = null) : Exception(message, inner);
