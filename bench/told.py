"""Prints what a benchmark found, beside its budgets."""

import json
from typing import Any


def tell(rows: list[dict[str, Any]], width: int, *, as_json: bool) -> int:
    """Print the rows, names in `width` columns; 1 when a budget does not hold."""
    if as_json:
        print(json.dumps(rows, indent=1))
    else:
        for one in rows:
            held = "holds" if one["holds"] else "MISSED"
            budget = "" if one["budget"] is None else f"  budget {one['budget']}  {held}"
            print(f"{one['name']:{width}} {one['value']:>12} {one['unit']}{budget}")
    return 0 if all(one["holds"] for one in rows) else 1
