-- One chat completion, the same every time; built once, so that the load generator's script costs nothing while it measures.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "OpenAI/Python 1.0"
wrk.headers["Authorization"] = "Bearer none"
wrk.headers["x-portkey-provider"] = "openai"
wrk.headers["x-portkey-custom-host"] = os.getenv("UPSTREAM") .. "/v1"
wrk.body = '{"model": "bench", "messages": [{"role": "system", "content": "You are a helpful assistant who answers in one sentence."}, '
  .. '{"role": "user", "content": "Why is the sky blue? ' .. string.rep("Explain it as you would to a curious child. ", 20) .. '"}], "temperature": 0.7, "max_tokens": 128}'
