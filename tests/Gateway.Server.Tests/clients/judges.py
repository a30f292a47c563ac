"""What clients of judges and verifiers do to a reward server, rebuilt on the libraries they use (aiohttp, and the standard library where the original
uses a blocking client): sessions, timeouts, status checks, and where they read the number. Usage: judges.py BASE_URL. Prints one line per client and exits
with 1 at the first check that fails."""

import asyncio
import json
import math
import re
import sys
import urllib.error
import urllib.request

import aiohttp

BASE = sys.argv[1].rstrip("/")
OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))

QUESTION = "What is 2 + 2?"
ANSWERS = ["It is 4.", "5", "It is four, since two and two are four.", "日本語 \U0001f600 \"quoted\"\n"]


def check(condition, what):
    if not condition:
        print(f"FAILED {what}")
        sys.exit(1)


def is_float(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def conversation(answer):
    return [{"role": "user", "content": QUESTION}, {"role": "assistant", "content": answer}]


def post(path, body, timeout):
    """A blocking client: json.dumps with its ASCII escapes, a status that is checked, a body that is parsed."""
    request = urllib.request.Request(BASE + path, json.dumps(body).encode(), {"Content-Type": "application/json", "Authorization": "Bearer EMPTY"})
    with OPENER.open(request, timeout=timeout) as response:
        return json.load(response)


def get(path):
    with OPENER.open(BASE + path, timeout=5) as response:
        return json.load(response)


def message(answer):
    return {
        "id": "msg_1",
        "content": [{"annotations": [], "text": answer, "type": "output_text", "logprobs": []}],
        "role": "assistant",
        "status": "completed",
        "type": "message",
    }


async def gym_post(session, path, body):
    """NeMo Gym: one session for everything without any timeout, bytes with their own content type, a lost connection is tried again for ever, a status
    never; the reply is parsed whatever its content type."""
    while True:
        try:
            response = await session.request("POST", BASE + path, data=json.dumps(body, ensure_ascii=False).encode(), headers={"Content-Type": "application/json"})
            break
        except (aiohttp.ServerDisconnectedError, aiohttp.ClientOSError):
            await asyncio.sleep(0.5)
    if not response.ok:
        await response.content.read()
        response.raise_for_status()
    return json.loads(await response.read())


async def check_gym(rewards):
    connector = aiohttp.TCPConnector(limit=100 * 1024, limit_per_host=1024, keepalive_timeout=15.0)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(), cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def run(i):
            row = {"responses_create_params": {"input": [{"role": "user", "content": QUESTION}], "tools": []}, "expected_answer": "4", "_ng_task_index": i}
            await gym_post(session, "/seed_session", row)
            request = row | {"response": {"id": "resp_1", "object": "response", "output": [{"id": "rs_1", "summary": [], "type": "reasoning"}, message(ANSWERS[i % 4])]}}
            result = await gym_post(session, "/verify", request)
            check({key: value for key, value in result.items() if key != "reward"} == request, "a verified rollout is the rollout")
            check(is_float(result["reward"]), "and has a reward")
            return result["reward"]

        got = await asyncio.gather(*[run(i) for i in range(200)])
        check(got == [rewards[i % 4] for i in range(200)], f"200 rollouts get their rewards {got[:4]} for {rewards}")
        compared = await gym_post(session, "/compare", {
            "conversation_history": [{"role": "user", "content": QUESTION}],
            "response_objs": [{"output": [message(answer)]} for answer in ANSWERS],
        })
        check(compared.get("rewards") == rewards, "compared responses are in the order of the request")
        async with session.get(BASE + "/reverify_mode") as mode:
            check(await mode.json() == "stateless", "rollouts can be verified again")
        try:
            await gym_post(session, "/verify", {})
            check(False, "a wrong rollout is an error")
        except aiohttp.ClientResponseError as e:
            check(e.status == 400, f"a wrong rollout gives {e.status}")
    print("ok nemo-gym")


def check_reward_kit(rewards):
    """reward-kit: 30 s, no retry. One client makes a typed result of all fields, another reads score and metrics and nothing else."""
    for answer, reward in zip(ANSWERS, rewards):
        result = post("/evaluate", {"messages": conversation(answer), "ground_truth": "4", "kwargs": {"extra": 1}}, 30)
        check(set(result) == {"score", "is_score_valid", "reason", "metrics", "step_outputs", "error"}, f"fields {sorted(result)}")
        check(result["score"] == reward and result["is_score_valid"] is True and result["metrics"] == {} and result["error"] is None, "a valid score")
        flat = post("/evaluate", {"messages": conversation(answer), "ground_truth": None, "threshold": 0.5}, 30)
        check(flat["score"] == reward, "arguments beside the messages")
    try:
        post("/evaluate", {"messages": [{"role": "user", "content": "x"}]}, 30)
        check(False, "nothing to evaluate is an error")
    except urllib.error.HTTPError as e:
        check(e.code == 400 and "detail" in json.load(e), "with a detail")
    check(get("/health") == {"status": "ok"}, "health")
    print("ok reward-kit")


def check_nvidia(rewards):
    """Clients of NVIDIA's reward models read the number from the log-probabilities, from name:number pairs, or by looking for digits."""
    model = get("/v1/models")["data"][0]["id"]
    for answer, reward in zip(ANSWERS, rewards):
        choice = post("/v1/chat/completions", {"messages": conversation(answer), "model": model}, 600)["choices"][0]
        content = choice["message"]["content"]
        check({score["token"]: score["logprob"] for score in choice["logprobs"]["content"]} == {"reward": reward}, "log-probabilities")
        check({name: float(score) for name, score in (pair.split(":") for pair in content.split(","))} == {"reward": reward}, "pairs")
        check(float(content.split("reward:")[1].strip()) == reward, "what follows the name")
        check(float(re.search(r"-?\d+\.?\d*", content.strip()).group()) == reward, "digits")
    print("ok nvidia")


async def check_swift(rewards):
    """ms-swift's InferClient: a new session per call, the first model of the list, which must be the only one; it looks at "object" and never at the status."""
    base = BASE + "/swift/v1"

    async def one(model, messages):
        async with aiohttp.ClientSession() as session:
            headers = {"Authorization": "Bearer EMPTY"}
            async with session.post(f"{base}/chat/completions", json={"model": model, "messages": messages}, headers=headers, timeout=aiohttp.ClientTimeout(86400)) as response:
                reply = await response.json()
                if reply["object"] == "error":
                    raise ValueError(reply["message"])
                return reply["choices"][0]["message"]["content"].strip()

    models = get("/swift/v1/models")["data"]
    check(len(models) == 1, "one model")
    got = await asyncio.gather(*[one(models[0]["id"], conversation(ANSWERS[i % 4])) for i in range(100)])
    check([float(text) for text in got] == [rewards[i % 4] for i in range(100)], "100 scores as text")
    try:
        await one(models[0]["id"], [])
        check(False, "no messages are an error")
    except ValueError as e:
        check("messages" in str(e), "that says so")
    print("ok ms-swift")


async def main():
    scored = post("/v1/score", {"items": [{"prompt": QUESTION, "responses": ANSWERS}]}, 60)
    rewards = [score["score"] for score in scored["results"][0]["scores"]]
    await check_gym(rewards)
    check_reward_kit(rewards)
    check_nvidia(rewards)
    await check_swift(rewards)


asyncio.run(main())
