using Gateway.Core.Scoring;
using Gateway.Server.Scoring;

namespace Gateway.Server.Wire;

/// <summary>Text that went through a policy's chat template, on its way to a model.</summary>
internal static class PolicyText
{
    /// <summary>The text as it is, or the conversation that it is for a model that reads nothing else.</summary>
    /// <param name="entry">The model.</param>
    /// <param name="templated">The text.</param>
    /// <param name="name">What the dialect calls it.</param>
    /// <exception cref="GatewayException">The model needs a conversation, and the text cannot be taken apart.</exception>
    public static ItemBody For(ModelEntry entry, ItemBody.Templated templated, string name)
    {
        if (!entry.Model.NeedsConversation)
        {
            return templated;
        }

        var model = entry.Model.Name;
        return entry.PolicyTemplate is not { } template
            ? throw JsonFault.At(name, $"{model} reads conversations and this is templated text; set Gateway:Models:{model}:Template to the policy's chat template, or send messages.", ErrorKind.UnsupportedField)
            : TemplatedConversation.Of(template, templated)
                ?? throw JsonFault.At(name, $"it has no turns of the chat template that Gateway:Models:{model}:Template names; send text of that template, with its prompt.");
    }
}
