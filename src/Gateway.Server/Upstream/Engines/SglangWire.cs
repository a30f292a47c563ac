using Gateway.Server.Upstream.Remote;

namespace Gateway.Server.Upstream.Engines;

/// <summary>What SGLang's scoring routes share.</summary>
internal static class SglangWire
{
    /// <summary>SGLang writes BOS by itself, and with <c>--allow-auto-truncate</c> cuts long text without a word.</summary>
    public static EngineTraits Traits(params IReadOnlyList<string> keys) => new()
    {
        Engine = Engine.Sglang,
        Forms = [RemoteForm.Text],
        Keys = keys,
        WritesBos = true,
        CutsSilently = true,
    };

    /// <summary><c>POST /tokenize</c>.</summary>
    public static UpstreamCall WriteCount(RemoteManifest model, RemoteText text) => EngineJson.Post(model, "/tokenize", json =>
    {
        json.WriteString("model", model.UpstreamModel ?? "default");
        json.WriteString("prompt", text.Text.Span);
        json.WriteBoolean("add_special_tokens", true);
    });
}
