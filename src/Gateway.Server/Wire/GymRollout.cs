using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Gateway.Core.Scoring;

namespace Gateway.Server.Wire;

/// <summary>A rollout as NeMo Gym's agents send it: what is read of it, and every member as it came, since the answer is the same object with its reward.</summary>
internal sealed record GymRollout
{
    private const int LongestRollout = 16_384;
    private const int MostMembers = 4_096;
    private const string Reward = "reward";
    private const string Components = "reward_components";
    private const string Number = "_ng_rollout_index";

    // Tasks may have the same text.
    private static readonly string[] TaskNames = ["_ng_task_index", "prompt_id"];

    // Of an earlier judging, perhaps by Gym's own servers, where the rollout is judged again.
    private static readonly string[] Own = [Reward, Components, "_ng_failure_class", "_ng_failure_judge_error", "_ng_failure_terminal"];

    public GymParameters? ResponsesCreateParams { get; init; }

    public GymResponse? Response { get; init; }

    public Utf8Text? Principle { get; init; }

    public SampleLabel? ExpectedAnswer { get; init; }

    public SampleLabel? GroundTruth { get; init; }

    public string? TrainingRun { get; init; }

    [JsonIgnore]
    public IReadOnlyDictionary<string, ReadOnlyMemory<byte>> Members { get; private init; } = new Dictionary<string, ReadOnlyMemory<byte>>();

    /// <summary>The rollout in a call's body.</summary>
    /// <exception cref="GatewayException">It is none: <see cref="ErrorKind.InvalidRequest"/>.</exception>
    public static GymRollout Parse(WireCall call) => call.Parse((json, texts, mostResponses) =>
    {
        // What an agent did is as long as it is, however few responses a request may have.
        JsonBounds.Check(json.Span, Math.Max(mostResponses, LongestRollout));
        var body = JsonText.Within(texts, () => JsonSerializer.Deserialize(json.Span, DialectJson.Default.GymRollout));
        return body is null ? null : body with { Members = MembersOf(json) };
    });

    /// <summary>Writes the answer for a rollout that has its reward.</summary>
    public void Write(Utf8JsonWriter json, Score score)
    {
        json.WriteStartObject();
        WriteMembers(json);
        json.WriteNumber(Reward, score.Value);
        if (score.Judgement is { Components: { Count: > 0 } components })
        {
            json.WriteStartObject(Components);
            foreach (var component in components)
            {
                json.WriteNumber(component.Name, component.Value);
            }

            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    /// <summary>
    /// What it has in common with the other rollouts of its prompt at a model: the training run and the task's name where it has them, the turns, and what
    /// the judge is told.
    /// </summary>
    public string CohortOf(string model, string? party, ScoreItem item)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Append(hash, Encoding.UTF8.GetBytes(model));
        Append(hash, Encoding.UTF8.GetBytes(party ?? ""));
        foreach (var name in TaskNames)
        {
            Append(hash, Members.TryGetValue(name, out var value) ? value.Span : default);
        }

        foreach (var (role, content) in ((ItemBody.Conversation)item.Body).Prompt)
        {
            Append(hash, Encoding.UTF8.GetBytes(role));
            Append(hash, content.Span);
        }

        Append(hash, Encoding.UTF8.GetBytes(item.Guidance?.Principle?.Digest ?? ""));
        Append(hash, (item.Guidance?.Reference ?? default).Span);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    /// <summary>Its number among the rollouts of its task, as JSON; null where it has none.</summary>
    [JsonIgnore]
    public string? NumberInTask => Members.TryGetValue(Number, out var value) && !value.Span.SequenceEqual("null"u8) ? Encoding.UTF8.GetString(value.Span) : null;

    private static void Append(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        hash.AppendData(BitConverter.GetBytes(part.Length));
        hash.AppendData(part);
    }

    private void WriteMembers(Utf8JsonWriter json)
    {
        foreach (var (name, value) in Members)
        {
            if (!Own.Contains(name))
            {
                json.WritePropertyName(name);
                json.WriteRawValue(value.Span, skipInputValidation: true);
            }
        }
    }

    private static Dictionary<string, ReadOnlyMemory<byte>> MembersOf(ReadOnlyMemory<byte> json)
    {
        var members = new Dictionary<string, ReadOnlyMemory<byte>>(StringComparer.Ordinal);
        var reader = new Utf8JsonReader(json.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            members[name] = json[start..(int)reader.BytesConsumed];
            if (members.Count > MostMembers)
            {
                throw new GatewayException(ErrorKind.InvalidRequest, $"The rollout has more than {MostMembers} fields; put them together in fewer.");
            }
        }

        return members;
    }
}

/// <summary>What the policy was asked: of OpenAI's Responses API, the parts that are judged.</summary>
internal sealed record GymParameters
{
    public Utf8Text? Instructions { get; init; }

    public GymInput? Input { get; init; }
}

/// <summary>Responses to the same conversation, to be compared.</summary>
internal sealed record GymComparison
{
    public List<WireMessage?>? ConversationHistory { get; init; }

    public List<GymResponse?>? ResponseObjs { get; init; }

    public Utf8Text? Principle { get; init; }
}
