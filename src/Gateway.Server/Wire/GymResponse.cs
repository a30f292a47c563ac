using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A response object of OpenAI's Responses API. What is judged of it is what its messages say; reasoning and calls of tools are not.</summary>
internal sealed record GymResponse
{
    public List<GymItem?>? Output { get; init; }

    /// <summary>The text of all its messages, one after the other, as NeMo Gym's own servers read it; empty where there is none.</summary>
    /// <exception cref="GatewayException">It has no output.</exception>
    public Utf8Text TextOf(string path)
    {
        var output = Output ?? throw JsonFault.At($"{path}.output", "it is missing; send the response's items.");
        Utf8Text[] said = [.. output.Where(item => item is { IsMessage: true, Content: not null }).Select(item => item!.Content!.Value.Text)];
        return said.Length == 1 ? said[0] : MessageContent.Joined(said);
    }
}

/// <summary>An item of a response's input or output.</summary>
internal sealed record GymItem
{
    public string? Type { get; init; }

    public string? Role { get; init; }

    [JsonConverter(typeof(MessageContentConverter))]
    public MessageContent? Content { get; init; }

    [JsonConverter(typeof(MessageContentConverter))]
    public MessageContent? Output { get; init; }

    [JsonIgnore]
    public bool IsMessage => Type is "message" || (Type is null && Role is not null);

    [JsonIgnore]
    public bool IsToolOutput => Type is "function_call_output" && Output is not null;
}

/// <summary>What the policy was shown: a text, or items.</summary>
[JsonConverter(typeof(GymInputConverter))]
internal sealed record GymInput(Utf8Text Text, IReadOnlyList<GymItem?>? Items)
{
    private const string Tool = "tool";

    /// <summary>The turns that it is: messages, and what tools answered; other items, such as reasoning, are none.</summary>
    /// <exception cref="GatewayException">There are too many, or one is null or has no role of a sensible length.</exception>
    public IReadOnlyList<Message> ToCore(string path, int most)
    {
        if (Items is null)
        {
            return [new Message(Message.User, Text)];
        }

        var turns = new List<WireMessage?>();
        foreach (var item in Items)
        {
            if (item is null or { IsMessage: true })
            {
                turns.Add(item is null ? null : new WireMessage { Role = item.Role, Content = item.Content });
            }
            else if (item.IsToolOutput)
            {
                turns.Add(new WireMessage { Role = Tool, Content = item.Output });
            }
        }

        return WireMessage.ToCore(turns, path, most);
    }
}

/// <summary>Reads an input that is a string or an array of items.</summary>
internal sealed class GymInputConverter : JsonConverter<GymInput>
{
    public override GymInput Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.StartArray
            ? new GymInput(default, JsonSerializer.Deserialize(ref reader, DialectJson.Default.ListGymItem))
            : new GymInput(JsonText.Read(ref reader), null);

    public override void Write(Utf8JsonWriter writer, GymInput value, JsonSerializerOptions options) =>
        throw new NotSupportedException("Inputs are only read.");
}
