using System.Text.Json;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>
/// Counts a body's array elements before anything is made of them: a few bytes such as <c>{},</c> would otherwise become objects of a hundred times
/// their size. The bounds are far above what a legal request holds; exact limits are the dialects' to check.
/// </summary>
internal static class JsonBounds
{
    private const int PerArray = 8;
    private const int PerBody = 16;

    /// <summary>Checks that no array, and not the whole body, holds absurdly many elements other than numbers; gives how many there are.</summary>
    /// <exception cref="GatewayException">One does: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static long Check(ReadOnlySpan<byte> body, int mostResponses)
    {
        long inBody = 0;
        var inArray = new Stack<long>();
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            switch (reader.TokenType)
            {
                case JsonTokenType.EndArray or JsonTokenType.EndObject:
                    inArray.Pop();
                    continue;
                case JsonTokenType.Number or JsonTokenType.PropertyName:
                    continue;
            }

            if (inArray.TryPeek(out var elements) && elements >= 0)
            {
                inArray.Pop();
                inArray.Push(++elements);
                CheckCounts(elements, ++inBody, mostResponses);
            }

            if (reader.TokenType is JsonTokenType.StartArray or JsonTokenType.StartObject)
            {
                // Below zero stands for an object, whose values are not counted.
                inArray.Push(reader.TokenType == JsonTokenType.StartArray ? 0 : -1);
            }
        }

        return inBody;
    }

    /// <summary>Checks that a body's objects do not hold absurdly many fields together; for dialects whose responses are fields.</summary>
    /// <exception cref="GatewayException">They do: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    /// <exception cref="JsonException">The body is not JSON.</exception>
    public static void CheckFields(ReadOnlySpan<byte> body, int mostResponses)
    {
        long fields = 0;
        var reader = new Utf8JsonReader(body);
        while (reader.Read())
        {
            if (reader.TokenType == JsonTokenType.PropertyName)
            {
                CheckCounts(0, ++fields, mostResponses);
            }
        }
    }

    /// <summary>Checks the elements seen so far, in one array and in the whole body.</summary>
    /// <exception cref="GatewayException">There are absurdly many: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static void CheckCounts(long inArray, long inBody, int mostResponses)
    {
        if (inArray > (long)PerArray * mostResponses || inBody > (long)PerBody * mostResponses)
        {
            throw new GatewayException(
                ErrorKind.InvalidRequest,
                $"The body's lists hold far more entries than a request of {mostResponses} responses (Gateway:Limits:ResponsesPerRequest); send fewer at a time.");
        }
    }
}
