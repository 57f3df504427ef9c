using System.Numerics;
using System.Runtime.CompilerServices;

namespace RobustInference.Numerics;

/// <summary>Checks of constructor arguments, each with a message of one line; what passes is returned.</summary>
public static class Argument
{
    /// <summary>A number from <paramref name="least"/> on; not a NaN or an infinity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another.</exception>
    public static T AtLeast<T>(T value, T least, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T> =>
        T.IsFinite(value) && value >= least
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                FormattableString.Invariant($"{name} is {value}; it must be at least {least}")
            );

    /// <summary>A number greater than 0; not an infinity.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another.</exception>
    public static T Positive<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : INumber<T> =>
        T.IsFinite(value) && value > T.Zero
            ? value
            : throw new ArgumentOutOfRangeException(
                name,
                FormattableString.Invariant($"{name} is {value}; it must be greater than 0")
            );

    /// <summary>An index in 0…<paramref name="count"/>−1.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Another.</exception>
    public static int Index(int value, int count, [CallerArgumentExpression(nameof(value))] string? name = null) =>
        value >= 0 && value < count
            ? value
            : throw new ArgumentOutOfRangeException(name, $"{name} is {value}; it must be in 0…{count - 1}");

    /// <summary>Not null.</summary>
    /// <exception cref="ArgumentNullException">Null.</exception>
    public static T Given<T>(T? value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class => value ?? throw new ArgumentNullException(name);
}
