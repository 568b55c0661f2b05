"""Runs the suite against one or several gateways and prints the table.

    phiward bench leak                              phiward alone, a few minutes
    python bench/leak.py --peers                    LiteLLM and LLM-Shield-Proxy beside it
    python bench/leak.py --upstream-port 9100 --target http://127.0.0.1:4000/v1 --key-file KEY --model lane-0

The last form tries a gateway that runs already: let it forward to the models' server on the port given.
"""

import argparse
import itertools
import json
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from .attempts import Attempt, Model, controls, laid_out, smoke
from .installation import installed
from .kinds import DETAILS
from .peers import installed_in, litellm, shield
from .people import World, world
from .table import Count, counted, figures, summary, table
from .target import Line, NotStartedError, Target, about, request_of
from .upstream import Models
from .verdict import Judge, Outcome, Verdict

ROOT = Path(__file__).parents[2]
LANES = 3
PEERS = ROOT / ".venv-gateways"
Say = Callable[[str], None]


def tried(target: Target, models: Models, attempts: Sequence[Attempt], judge: Judge, hospital: World) -> list[Verdict]:
    """Every attempt once, in lanes side by side; first the victims' own conversations."""
    _precede(target, models, hospital)
    queue, found, lock = iter(attempts), [], threading.Lock()  # type: ignore[var-annotated]

    def work(model: str) -> None:
        line, lane = Line(target), models.lanes[model] if len(models.lanes) > 1 else next(iter(models.lanes.values()))
        while True:
            with lock:
                attempt = next(queue, None)
            if attempt is None:
                return line.close()
            lane.attempt = attempt
            lane.received.clear()
            released = line.post(request_of(target, attempt, model), target.key, f"leak-{attempt.number}")
            verdict = judge.judge(attempt, list(lane.received), released)
            with lock:
                found.append(verdict)

    threads = [threading.Thread(target=work, args=(model,)) for model in target.models]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return found


def _precede(target: Target, models: Models, hospital: World) -> None:
    """Somebody else asks about each of the others first: what a gateway keeps of that must not come back here."""
    line, model = Line(target), target.models[0]
    for person in hospital.others:
        lane = next(iter(models.lanes.values()))
        lane.attempt = Attempt(0, Model.ECHO, "summary", person, person)
        text = "; ".join(f"{kind}: {value}" for kind, value in person.usual.items() if kind not in DETAILS)
        key = target.other_keys.get(person.number, target.key)
        line.post(about(target, person, model, text), key, f"other-{person.number}")
    line.close()


def measured(
    opened: AbstractContextManager[Target], models: Models, attempts: Sequence[Attempt], hospital: World, say: Say
) -> tuple[Target, list[Verdict]]:
    """Start a target, try everything, end it. Raises NotStartedError."""
    models.forget()
    with opened as target:
        say(f"{target.name}: {len(attempts)} attempts …")
        return target, tried(target, models, attempts, Judge(hospital), hospital)


def targets(options: argparse.Namespace, hospital: World, models: Models) -> Iterator[AbstractContextManager[Target]]:
    """Those asked for, not yet started."""
    if options.target:
        key = options.key_file.read_text().strip() if options.key_file else ""
        yield nullcontext(Target(options.name, options.target.rstrip("/"), key, (options.model,)))
        return
    if not options.only_peers:
        yield installed(hospital, models.url, LANES)
    if options.peers or options.only_peers:
        if not installed_in(PEERS):
            raise SystemExit("the other gateways are not installed: make .venv-gateways/.made")
        yield nullcontext(Target("no gateway", models.url, "", tuple(models.lanes)))
        yield litellm(PEERS, models.url, LANES)
        yield shield(PEERS, models.url, LANES)


def details(name: str, verdicts: Sequence[Verdict]) -> Iterator[str]:
    """Each leak in a line: by which injection, where it stood, which model, which identifier and coding."""
    for one in sorted(verdicts, key=lambda verdict: verdict.attempt.number):
        attempt = one.attempt
        key = attempt.injection.key if attempt.injection else "control"
        told = {"target": name, "injection": key, "placement": attempt.placement, "model": attempt.model}
        told |= {"number": str(attempt.number), "outcome": one.outcome, "field": attempt.identifier[0]}
        told |= {"coding": attempt.coding, "streamed": str(attempt.streamed)}
        for goal in sorted(one.leaks) or (["-"] if one.outcome is Outcome.BROKEN else []):
            yield json.dumps(told | {"goal": goal})


def parsed(words: Sequence[str] | None = None) -> argparse.Namespace:
    """The options."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", action="store_true", help="try LiteLLM and LLM-Shield-Proxy too")
    parser.add_argument("--only-peers", action="store_true", help="try them alone")
    parser.add_argument("--smoke", action="store_true", help="a thirtieth of the attempts, every goal among them")
    parser.add_argument("--target", help="base URL, ending in /v1, of a gateway that runs already")
    parser.add_argument("--name", default="target", help="its name in the table")
    parser.add_argument("--key-file", type=Path, help="file with its API key")
    parser.add_argument("--model", default="lane-0", help="the model's name to ask it for")
    parser.add_argument("--upstream-port", type=int, default=0, help="port of the models' server; 0: a free one")
    parser.add_argument("--details", type=Path, help="write each leak as a line of JSON to this file")
    parser.add_argument("--families", action="store_true", help="print the rows of each family too")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    return parser.parse_args(words)


def main(words: Sequence[str] | None = None) -> int:
    """Print what was found; 1 when a budget does not hold, 2 when a gateway did not start."""
    options, hospital = parsed(words), world()
    attempts = [*controls(hospital), *(smoke(hospital) if options.smoke else laid_out(hospital))]
    counts: dict[str, Count] = {}
    lines: list[str] = []
    ours: list[str] = []
    missing = False
    with Models(1 if options.target else LANES, options.upstream_port) as models:
        for opened in targets(options, hospital, models):
            try:
                target, verdicts = measured(opened, models, attempts, hospital, _say)
            except NotStartedError as error:
                _say(f"a gateway did not start, and has no column:\n{error}")
                missing = True
                continue
            counts[target.name] = counted(verdicts)
            lines += itertools.chain(details(target.name, verdicts))
            ours += [target.name] if target.budgeted else []
    if options.details:
        options.details.write_text("".join(f"{line}\n" for line in lines))
    found = figures(counts, ours)
    if options.json:
        print(json.dumps(found, indent=1))
    else:
        print(table(counts) if options.families else summary(counts))
        print("\n".join(f"missed: {one['name']} ({one['value']} {one['unit']})" for one in found if not one["holds"]))
    if missing:
        return 2
    return 0 if all(one["holds"] for one in found) else 1


def _say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)
