"""`python -m training.deid`: make the tagger that phiward ships, from the seed to the model card."""

import argparse
import sys
import time
from pathlib import Path

import torch

from training.deid import learn, lists, public, templates, vocabulary
from training.deid.export import probe, write_card, write_model
from training.deid.filler import LABELS
from training.deid.generator import Generator
from training.deid.steps import Plan, judgement, material, taught
from training.deid.student import Student, Views, static_vectors
from training.deid.teacher import read_tensors

ROOT = Path(__file__).resolve().parents[2]
OUTPUT = ROOT / "src/phiward/deid/tagger"


def main() -> int:
    """Train and write. Each finished step is kept in `--work`, so that a stopped run goes on."""
    options = _options()
    begun = time.monotonic()

    def say(line: str) -> None:
        print(f"[{time.monotonic() - begun:6.0f} s] {line}", file=sys.stderr, flush=True)

    torch.manual_seed(options.seed)
    torch.set_num_threads(options.threads)
    plan = Plan(options.work, options.seed, options.documents, options.teacher_stretches, options.judged)
    inputs = public.Inputs(options.data)
    drawn = lists.load(options.data)
    tensors, pieces = read_tensors(inputs)
    written = templates.read_all()
    words, bits = vocabulary.build(drawn, written, inputs)
    generator = Generator(drawn, written, inputs)
    say(f"{len(written)} templates, {len(words)} words, {len(bits)} listed, {len(generator.prose)} clean passages")
    stretches, forms = material(plan, generator, options.data, vocabulary.lexicon(words, bits))
    say(f"{len(stretches)} stretches, {len(forms.words)} forms")
    teacher = taught(plan, tensors, pieces, forms, stretches, say)
    judged = judgement(plan, teacher, pieces, forms, stretches, say)
    student = Student(len(words))
    with torch.no_grad():
        student.word.weight.copy_(
            torch.from_numpy(static_vectors(words, tensors["embeddings.word_embeddings.weight"], pieces))
        )
    learn.train(student, Views(forms), stretches, judged, options.passes, options.seed, say)
    digest = write_model(options.output / "tagger.npz", student, words, bits, LABELS)
    card = {
        "name": "phiward-tagger",
        "labels": list(LABELS),
        "seed": options.seed,
        "documents": options.documents,
        "judged": options.judged,
        "teacher_stretches": options.teacher_stretches,
        "passes": options.passes,
        "templates": len(written),
        "inputs": inputs.hashes(),
        "probe": probe(student, vocabulary.lexicon(words, bits)),
        "sha256": digest,
    }
    write_card(options.output / "tagger.card.json", card)
    say(f"wrote {(options.output / 'tagger.npz').stat().st_size / 1e6:.1f} MB, sha256 {digest[:12]}")
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m training.deid", description="Make the tagger that phiward ships.")
    parser.add_argument("--data", type=Path, default=ROOT.parent / "shared/data", help="the folder shared/data")
    parser.add_argument("--work", type=Path, default=ROOT / "build/training", help="where finished steps are kept")
    parser.add_argument("--output", type=Path, default=OUTPUT, help="where the model and its card go")
    parser.add_argument("--seed", type=int, default=20261126, help="seed of everything drawn")
    parser.add_argument("--documents", type=int, default=140_000, help="documents to generate")
    parser.add_argument("--teacher-stretches", type=int, default=60_000, help="those that the teacher learns from")
    parser.add_argument("--judged", type=int, default=80_000, help="stretches that the teacher judges for the student")
    parser.add_argument("--passes", type=int, default=3, help="passes of the student")
    parser.add_argument("--threads", type=int, default=2, help="processor cores")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
