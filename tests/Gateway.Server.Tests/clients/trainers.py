"""What trainers' own HTTP clients do to a reward server, rebuilt on the library they use (aiohttp): sessions, timeouts, content type checks,
retries and the shapes they read. Usage: trainers.py BASE_URL. Prints one line per check and exits with 1 at the first that fails."""

import asyncio
import json
import math
import sys

import aiohttp

BASE = sys.argv[1].rstrip("/")

CONVERSATIONS = [
    ("What is 2 + 2?", "It is 4."),
    ("What is 2 + 2?", ""),
    ("Nenne eine Primzahl – 日本語 \U0001f600", "7"),
    ("Why is the sky blue?", "Air scatters blue light more than red.\n\nThat is all.\n"),
]


def templated_prompt(prompt):
    return f"<|im_start|>user\n{prompt}<|im_end|>\n<|im_start|>assistant\n"


def templated(prompt, response):
    return templated_prompt(prompt) + response + "<|im_end|>\n"


def check(condition, what):
    if not condition:
        print(f"FAILED {what}")
        sys.exit(1)


def is_float(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


async def openrlhf(urls, queries, prompts, labels):
    """OpenRLHF: contiguous shares of the batch over the URLs, a new session for each try, 180 s in all, everything but 2xx is retried."""

    async def one(url, start, end):
        timeout = aiohttp.ClientTimeout(total=180)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            body = {"query": queries[start:end], "prompts": prompts[start:end], "labels": labels[start:end]}
            async with session.post(url, json=body) as response:
                response.raise_for_status()
                return await response.json()

    share = math.ceil(len(queries) / len(urls))
    shares = [(i * share, min((i + 1) * share, len(queries))) for i in range(len(urls))]
    return await asyncio.gather(*[one(url, *bounds) for url, bounds in zip(urls, shares)])


def check_openrlhf(reply, count):
    check(set(reply) == {"rewards", "scores", "extra_logs"}, f"keys {sorted(reply)}")
    check(len(reply["rewards"]) == len(reply["scores"]) == count, "one reward per query")
    check(all(map(is_float, reply["rewards"] + reply["scores"])), "rewards are numbers")
    for name, values in reply["extra_logs"].items():
        check(isinstance(values, list) and len(values) == count and all(map(is_float, values)), f"extra_logs[{name}] makes a tensor")


async def verl(text, **fields):
    """verl's discriminative reward model behind vLLM: a new session per call without any timeout, any 4xx is final, the last probability counts."""
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None)) as session:
        body = {"model": "/models/reward-model", "input": text, **fields}
        async with session.post(f"{BASE}/classify", json=body) as response:
            response.raise_for_status()
            output = await response.json()
    return output["data"][-1]["probs"][-1]


async def slime(session, path, prompt, response):
    """slime's remote_rm: one shared session of 64 connections, 120 s in all; the whole body is the reward."""
    body = {"prompt": prompt, "response": response, "label": None}
    async with session.post(BASE + path, json=body) as reply:
        reply.raise_for_status()
        return await reply.json()


async def check_openrlhf_versions():
    queries = [templated(*pair) for pair in CONVERSATIONS]
    prompts = [templated_prompt(prompt) for prompt, _ in CONVERSATIONS]
    labels = [None, "4", "x", None]
    url = f"{BASE}/get_reward"
    (batch,) = await openrlhf([url], queries, prompts, labels)
    check_openrlhf(batch, len(queries))
    for i, query in enumerate(queries):
        first, *rest = await openrlhf([url, url, url], [query], [prompts[i]], [labels[i]])
        check_openrlhf(first, 1)
        check(first["rewards"] == [batch["rewards"][i]], "one sample scores as in its batch")
        for empty in rest:
            check(empty == {"rewards": [], "scores": [], "extra_logs": {}}, "an empty batch has empty lists")
    shared = await openrlhf([url, url], queries, prompts, labels)
    check(sum((reply["rewards"] for reply in shared), []) == batch["rewards"], "shares concatenate in order")
    async with aiohttp.ClientSession() as session:
        async with session.post(url, json={"query": queries}) as response:
            old = await response.json()
    check(old["rewards"] == batch["rewards"], "the oldest clients send the query alone")
    print("ok openrlhf")
    return batch["rewards"]


async def check_verl(rewards):
    for (prompt, response), reward in zip(CONVERSATIONS, rewards):
        text = templated(prompt, response)
        check(await verl(text, use_activation=False) == reward, "use_activation false is the logit")
        check(await verl(text, activation=False) == reward, "activation false is the logit")
        check(abs(await verl(text) - 1 / (1 + math.exp(-reward))) < 1e-12, "the default is a sigmoid")
    burst = await asyncio.gather(*[verl(templated(*CONVERSATIONS[i % 4]), use_activation=False) for i in range(400)])
    check(burst == [rewards[i % 4] for i in range(400)], "400 connections at once")
    print("ok verl")


async def check_slime(rewards):
    timeout, connector = aiohttp.ClientTimeout(total=120), aiohttp.TCPConnector(limit=64)
    async with aiohttp.ClientSession(timeout=timeout, connector=connector) as session:
        for (prompt, response), reward in zip(CONVERSATIONS, rewards):
            messages = [{"role": "user", "content": prompt}]
            for path in ("", "/", "/slime"):
                got = await slime(session, path, messages, response)
                check(is_float(got) and got == reward, f"messages to '{path}' give {got}")
            check(await slime(session, "/", templated_prompt(prompt), response) == reward, "a templated prompt")
            check((await slime(session, "/slime/object", prompt, response))["score"] == reward, "an object for a reward key")
        many = await asyncio.gather(*[slime(session, "/slime", *CONVERSATIONS[i % 4]) for i in range(400)])
        check(many == [rewards[i % 4] for i in range(400)], "400 samples over 64 connections")
    print("ok slime")


async def check_errors():
    async with aiohttp.ClientSession() as session:
        for path, body in (("/get_reward", {"query": [1]}), ("/slime", {}), ("/classify", {"input": []}), ("/v1/score", {})):
            async with session.post(BASE + path, json=body) as response:
                check(response.status == 400, f"{path} gives {response.status}")
                check(json.loads(await response.text()), f"{path}'s error is JSON")
                if path != "/v1/score":
                    await response.json()
    print("ok errors")


async def main():
    rewards = await check_openrlhf_versions()
    await check_verl(rewards)
    await check_slime(rewards)
    await check_errors()


asyncio.run(main())
