"""Runs every proxy in front of one engine of fixed delay, in turns, and writes the table. See run.sh."""
import argparse
import json
import os
import pathlib
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
TICKS = os.sysconf("SC_CLK_TCK")
ROUTE = "/v1/chat/completions"


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def tree(pid):
    """A process and its children: nginx's workers are children of its master."""
    try:
        children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except FileNotFoundError:
        return []
    return [pid] + [one for child in children for one in tree(int(child))]


def cpu_seconds(pids):
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS


def megabytes(pids, field):
    lines = [line for pid in pids for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()]
    return sum(int(line.split()[1]) for line in lines if line.startswith(field + ":")) / 1024


def written(folder, name, port, engine):
    text = (HERE / name).read_text().replace("FOLDER", str(folder)).replace("PORT", str(port)).replace("127.0.0.1:ENGINE", f"127.0.0.1:{engine}")
    (folder / name).write_text(text)
    return folder / name


class Entrant:
    started = []

    def __init__(self, name, port, command, lane="chat", route=ROUTE, cwd=None, environment=None):
        self.name, self.port, self.lane, self.route = name, port, lane, route
        self.process = command and subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.pids = []
        Entrant.started.append(self)

    def wait(self):
        body = ({"model": "scored", "prompt": "p", "response": "r"} if self.lane == "score" else {"model": "bench", "messages": []})
        for _ in range(300):
            try:
                request = urllib.request.Request(f"http://127.0.0.1:{self.port}{self.route}", json.dumps(body).encode(), {
                    "Content-Type": "application/json", "Authorization": "Bearer none", "x-portkey-provider": "openai", "x-portkey-custom-host": Entrant.engine + "/v1"})
                opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                assert opener.open(request, timeout=5).status == 200
                self.pids = tree(self.process.pid) if self.process else []
                return
            except Exception as fault:
                reason = fault
                time.sleep(0.2)
        sys.exit(f"{self.name} does not answer: {reason}")

    def measure(self, connections, seconds):
        before = cpu_seconds(self.pids)
        run = subprocess.run(
            ["wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--timeout", "10", "-s", str(HERE / "post.lua"), f"http://127.0.0.1:{self.port}"],
            capture_output=True, text=True, env={**os.environ, "ROUTE": self.route, "LANE": self.lane, "ENGINE": Entrant.engine})
        line = next((line for line in run.stdout.splitlines() if line.startswith("MEASURED")), None)
        if line is None:
            sys.exit(run.stdout + run.stderr)
        requests, duration, p50, p99, errors = (float(word) for word in line.split()[1:])
        return {
            "rate": requests / duration * 1e6, "p50": p50 / 1000, "p99": p99 / 1000, "errors": int(errors),
            "cpu": (cpu_seconds(self.pids) - before) / max(requests, 1) * 1e6, "memory": megabytes(self.pids, "VmRSS"),
        }

    def stop(self):
        if self.process:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()


def portkey(folder):
    if folder == "none" or not shutil.which("npm"):
        return None
    package = pathlib.Path(folder) / "node_modules/@portkey-ai/gateway/build/start-server.js"
    if not package.exists():
        pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "install", "--prefix", folder, "--no-audit", "--no-fund", "@portkey-ai/gateway"], check=True, stdout=subprocess.DEVNULL)
    return package


def start(folder, arguments):
    engine = free_port()
    Entrant.engine = f"http://127.0.0.1:{engine}"
    subprocess.run(["gcc", "-O2", "-o", str(folder / "upstream"), str(HERE / "upstream.c")], check=True)
    entrants = [Entrant("direct", engine, [str(folder / "upstream"), str(engine), str(int(arguments.delay * 1000))])]
    ports = [free_port() for _ in range(6)]
    entrants.append(Entrant("nginx", ports[0], ["nginx", "-g", "daemon off;", "-c", str(written(folder, "nginx.conf", ports[0], engine))]))
    entrants.append(Entrant("haproxy", ports[1], ["haproxy", "-db", "-f", str(written(folder, "haproxy.cfg", ports[1], engine))]))
    package = portkey(arguments.portkey)
    if package:
        entrants.append(Entrant("portkey", ports[2], ["node", str(package), f"--port={ports[2]}", "--headless"], cwd=folder, environment={"NODE_ENV": "production"}))
    for name, program, port in (("yarp, bare", "yarp", ports[4]), (".NET, bare", "relay", ports[5])):
        subprocess.run(["dotnet", "build", str(HERE / f"{program}.cs"), "-c", "Release", "-v", "quiet", "-o", str(folder / program)], check=True, stdout=subprocess.DEVNULL)
        entrants.append(Entrant(name, port, ["dotnet", str(folder / program / f"{program}.dll"), "--Urls", f"http://127.0.0.1:{port}", "--Engine", Entrant.engine]))
    models = folder / "models/scored"
    models.mkdir(parents=True)
    (models / "model.json").write_text(json.dumps({"kind": "vllm-classify", "cluster": "bench", "revision": "1", "form": "messages"}))
    gateway = Entrant("gateway, pass-through", ports[3], [
        "dotnet", str(ROOT / "src/Gateway.Server/bin/Release/net10.0/Gateway.Server.dll"), "--Urls", f"http://127.0.0.1:{ports[3]}",
        "--Gateway:ModelsFolder", str(folder / "models"), "--Gateway:DefaultModel", "", "--Gateway:Clusters:bench:Destinations:a:Address", Entrant.engine])
    scoring = Entrant("gateway, scoring", ports[3], None, lane="score", route="/v1/score")
    entrants += [gateway, scoring]
    for entrant in entrants:
        entrant.wait()
    scoring.pids = gateway.pids
    return entrants


def machine():
    model = next(line.split(":")[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name"))
    memory = int(open("/proc/meminfo").readline().split()[1]) // 1024 // 1024
    versions = [
        subprocess.run(command, capture_output=True, text=True, check=False) for command in (["nginx", "-v"], ["haproxy", "-v"], ["dotnet", "--version"])]
    words = [(one.stdout + one.stderr).splitlines()[0] for one in versions]
    return f"{model}, {os.cpu_count()} cores, {memory} GiB; Linux {os.uname().release}; {words[0]}; {words[1].split(' - ')[0]}; .NET SDK {words[2]}"


def busy():
    fields = [int(word) for word in open("/proc/stat").readline().split()[1:9]]
    time.sleep(1)
    after = [int(word) for word in open("/proc/stat").readline().split()[1:9]]
    spent = [b - a for a, b in zip(fields, after)]
    return 100 - 100 * (spent[3] + spent[4]) / max(sum(spent), 1)


def soaked(results):
    """Memory over a longer load, which is flat or is not."""
    lines = ["## Memory over time", "", "| | connections | seconds | requests/s | RSS MiB, from the beginning to the end |", "|---|--:|--:|--:|---|"]
    for (name, connections), samples in ((key[1:], value) for key, value in results.items() if key[0] == "soak"):
        rate = statistics.median(one["rate"] for one in samples)
        lines.append(f"| {name} | {connections} | {sum(one['seconds'] for one in samples)} | {rate:,.0f} | {', '.join(str(round(one['memory'])) for one in samples)} |")
    return lines + [""]


def added_ratio(ours, nginx, direct, key):
    """A ratio of two differences means nothing where the machine's noise is larger than either."""
    own, others = ours[key] - direct[key], nginx[key] - direct[key]
    return f"{own / others:.2f} × nginx's" if own > 0 and others > 0 else "within the noise"


def render(results, entrants, arguments, before):
    if arguments.append:
        before_this = pathlib.Path(arguments.out).read_text().partition("## Notes")[0]
    lines = [before_this.rstrip("\n"), ""] if arguments.append else [
        "# What the gateway adds to a call", "",
        f"Command: `loadtests/proxy/run.sh --delay {arguments.delay:g} --seconds {arguments.seconds} --rounds {arguments.rounds} --warm-up {arguments.warm_up} --connections {' '.join(map(str, arguments.connections))} --soak {arguments.soak}`, then `--delay 100 --connections 32 256 1000 --append`. "
        f"Machine: {machine()}. Before the start it was {before:.0f} % busy.", "",
        f"One engine ([`upstream.c`](../proxy/upstream.c)) answers every call after {arguments.delay:g} ms; it, the load generator (wrk, one thread, kept-alive "
        "connections) and the proxy share the machine. Every entrant is warmed up, then measured in turns; cells are medians over the rounds. "
        "*Added* is what its latency has over `direct` at the same number of connections; where the machine is saturated that is waiting time. "
        "*CPU* is user and system time of the proxy per request; *RSS* is the sum over its processes after the run. "
        "All limits and metrics of the gateway are on.", ""]
    if arguments.append:
        lines += [
            f"## Where nothing is saturated: an engine of {arguments.delay:g} ms", "",
            f"As above, with {arguments.seconds} s a measurement and {arguments.rounds} rounds; the machine was {before:.0f} % busy before. An engine that takes as long as a reward model's leaves "
            "the processors idle most of the time, so that *added* is what a call takes longer and not how long it waits for its turn.", ""]
    for connections in arguments.connections:
        lines += [
            f"##{'#' if arguments.append else ''} {connections} connection{'s' if connections > 1 else ''}", "",
            "| | requests/s | p50 ms | p99 ms | added p50 ms | added p99 ms | CPU µs/request | RSS MiB | errors |", "|---|--:|--:|--:|--:|--:|--:|--:|--:|"]
        middle = {}
        for entrant in entrants:
            rounds = results[entrant.name, connections]
            middle[entrant.name] = {key: statistics.median(one[key] for one in rounds) for key in rounds[0]}
            one, direct = middle[entrant.name], middle["direct"]
            added = ("", "") if entrant.name == "direct" else (f"{one['p50'] - direct['p50']:.3f}", f"{one['p99'] - direct['p99']:.3f}")
            lines.append(
                f"| {entrant.name} | {one['rate']:,.0f} | {one['p50']:.3f} | {one['p99']:.3f} | {added[0]} | {added[1]} | {one['cpu']:.1f} | {one['memory']:.0f} | "
                f"{sum(round_['errors'] for round_ in rounds)} |")
        ours, nginx, direct = middle["gateway, pass-through"], middle["nginx"], middle["direct"]
        ratios = [
            f"throughput {ours['rate'] / nginx['rate']:.2f} × nginx's" + (f" and {ours['rate'] / middle['portkey']['rate']:.1f} × Portkey's" if "portkey" in middle else ""),
            *(f"added {key} {added_ratio(ours, nginx, direct, key)}" for key in ("p50", "p99"))]
        lines += ["", f"Pass-through: {', '.join(ratios)}.", ""]
    if arguments.soak:
        lines += soaked(results)
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--delay", type=float, default=5, help="milliseconds that the engine takes (5)")
    parser.add_argument("--seconds", type=int, default=3, help="of one measurement (3)")
    parser.add_argument("--warm-up", type=int, default=12, help="seconds of load on each before (12)")
    parser.add_argument("--rounds", type=int, default=2, help="how often everything is measured (2)")
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 32, 256, 1000])
    parser.add_argument("--portkey", default=str(pathlib.Path(tempfile.gettempdir()) / "gateway-portkey"), help="where npm installs it, or none")
    parser.add_argument("--append", action="store_true", help="put the tables behind those that are there, as those of another engine")
    parser.add_argument("--soak", type=int, default=0, help="seconds of load on each of the gateway's lanes afterwards, whose memory is looked at twelve times (0)")
    parser.add_argument("--out", default=str(ROOT / "loadtests/results/proxy-overhead.md"))
    arguments = parser.parse_args()
    before, results = busy(), {}
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        try:
            entrants = start(pathlib.Path(folder), arguments)
            # Long enough for the compiler of .NET to be done with what is measured.
            for entrant in entrants:
                entrant.measure(min(1000, max(64, round(64 * arguments.delay / 5))), arguments.warm_up)
            for _ in range(arguments.rounds):
                for connections in arguments.connections:
                    for entrant in entrants:
                        results.setdefault((entrant.name, connections), []).append(entrant.measure(connections, arguments.seconds))
                        print(entrant.name, connections, {key: round(value, 2) for key, value in results[entrant.name, connections][-1].items()}, file=sys.stderr)
            for entrant in entrants[-2:] if arguments.soak else []:
                part = max(1, arguments.soak // 12)
                results["soak", entrant.name, arguments.connections[-1]] = [
                    {**entrant.measure(arguments.connections[-1], part), "seconds": part} for _ in range(12)]
        finally:
            for entrant in Entrant.started:
                entrant.stop()
    out = pathlib.Path(arguments.out)
    notes = out.read_text().partition("## Notes")[2] if out.exists() else ""
    out.write_text(render(results, entrants, arguments, before) + ("## Notes" + notes if notes else ""))
    print(out.read_text())


if __name__ == "__main__":
    main()
