"""The program `phiward`: builds the command tree; does nothing at import but declare it."""

import sys

import typer

from phiward import __version__
from phiward.cli import (
    access,
    audit,
    audit_proof,
    bench,
    calibrate,
    corpora,
    deid,
    demo,
    documents,
    evaluate,
    grants,
    migrate,
    model,
    people,
    policy,
    records,
    relations,
    retention,
    review,
    roles,
    serve,
    signer,
    vendors,
    watch,
    witness,
)
from phiward.cli.common import guard_defects

app = typer.Typer(
    name="phiward",
    help="Put language models in front of protected health information without giving it away.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    epilog="Exit codes: 0 holds or done, 1 does not hold, 2 cannot tell or bad use.",
)
app.command("demo")(demo.demo)
app.command("serve")(serve.serve)
app.command("migrate")(migrate.migrate)
app.command("import")(records.import_records)
app.command("index")(records.index_charts)
app.command("watch")(watch.watch)
app.command("calibrate")(calibrate.calibrate)
app.command("deid")(deid.deid)
app.command("model")(model.model)
app.command("bench")(bench.bench)
app.add_typer(documents.app, name="document")
app.add_typer(documents.held_app, name="quarantine")
app.add_typer(corpora.app, name="corpus")
app.add_typer(people.app, name="user")
app.add_typer(roles.app, name="role")
app.add_typer(relations.app, name="relation")
app.add_typer(grants.app, name="grant")
app.add_typer(access.app, name="access")
app.add_typer(policy.app, name="policy")
app.add_typer(review.app, name="review")
app.add_typer(vendors.app, name="vendor")
app.add_typer(audit.app, name="audit")
audit.app.command("prove")(audit_proof.prove)
audit.app.command("check-proof")(audit_proof.check)
audit.app.command("export")(audit_proof.export)
app.add_typer(signer.app, name="signer")
app.add_typer(witness.app, name="witness")
app.add_typer(retention.app, name="retention")
app.add_typer(evaluate.app, name="eval")


@app.command("version")
def version() -> None:
    """Print the version."""
    print(__version__)


def main() -> None:
    """Entry point of the console script."""
    sys.exit(guard_defects(app))
