"""How often the planted pair of products is found in demo businesses, and how often any pair where none is planted.

`python -m bench.pairs [--seeds 20] [--customers 600]`. From customers and contracts through snapshot and facts to the verdicts of all
customers together; what is asked stands below.
"""

from __future__ import annotations

import argparse
import tempfile
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from cslib.analysis.growth.pairs import SUPPORTED, pairs
from cslib.demo import causes
from cslib.demo.accounts import accounts
from cslib.demo.calendar import demo_calendar
from cslib.demo.contracts import contracts
from cslib.demo.customer_base import PRODUCTS
from cslib.demo.customers import customers
from cslib.demo.simulation import live
from cslib.demo.state import World
from cslib.demo.tables import engine, write_csv
from cslib.demo.write import UNTIL
from cslib.inquiries import inquire
from cslib.portfolio import Portfolio

PLANTED = frozenset(PRODUCTS[place] for place in causes.PAIR)
_OF = 20  # the seeds that the wanted figures are of


def worlds(seed: int, count: int) -> dict[str, World]:
    """Return the business of a seed as it is, and as it would be with nothing planted."""
    rng, calendar = np.random.default_rng(seed), demo_calendar(UNTIL, 30)
    who = customers(rng, count, calendar)
    again = deepcopy(rng)
    bare = World(rng, who, live(rng, who, calendar), calendar)
    share = accounts(bare)[1]
    return {"planted": replace(bare, history=live(again, who, calendar, share)), "none": bare}


def supported(world: World, folder: Path) -> list[frozenset[str]]:
    """Return the pairs that are supported in a business, of which customers and contracts are all that is known."""
    who = world.customers
    names = np.array([f"C{place}" for place in range(who.count)])
    (folder / "segments").mkdir(parents=True)
    own = {"name": names, "employees": who.employees, "customer_id": names}
    pd.DataFrame(own).to_csv(folder / "customers.csv", index=False)
    with engine() as connection:
        write_csv(connection, folder / "contracts.csv", "contracts", contracts(world), names)
    said = {name: {"from": f"{name}.csv"} for name in ("customers", "contracts")}
    day = (UNTIL + 1).first_day
    (folder / "source.yaml").write_text(yaml.safe_dump({"read_on": day, "tables": said}), "utf-8")
    limits = {"large": {"at_least": 300}, "middle": {"at_least": 50, "below": 300}, "small": {"below": 50}}
    segments: dict[str, dict[str, object]] = {name: {"where": {"employees": limit}} for name, limit in limits.items()}
    for name, more in {"total": {}, **segments}.items():
        file = folder / "segments" / f"{name}.yaml"
        file.write_text(yaml.safe_dump({"id": name, "name": name, **more}), "utf-8")
    portfolio = Portfolio.open(folder, day, into=folder / "snapshot")
    table = pairs(inquire(portfolio, UNTIL, ("total",)))
    found = table[table.verdict == SUPPORTED]
    return [frozenset(pair) for pair in zip(found["product"], found.other, strict=True)]


def main() -> None:
    """Print what was found beside what is wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--seeds", type=int, default=_OF)
    options.add_argument("--customers", type=int, default=600)
    chosen = options.parse_args()
    rows = []
    for seed in range(1, chosen.seeds + 1):
        for name, world in worlds(seed, chosen.customers).items():
            with tempfile.TemporaryDirectory() as folder:
                pair = supported(world, Path(folder) / "params")
            others = sum(one != PLANTED for one in pair)
            rows.append({"seed": seed, "world": name, "found": PLANTED in pair, "others": others})
    table = pd.DataFrame(rows)
    print(
        table.groupby("world").agg(seeds=("seed", "size"), found=("found", "sum"), others=("others", "sum")).to_string()
    )
    none = table[table.world == "none"]
    found = int(table.found[table.world == "planted"].sum())
    quiet = int((~none.found & (none.others == 0)).sum())
    for said, number, least in (("the planted pair is found", found, 16), ("no pair where none is planted", quiet, 18)):
        wanted = least * chosen.seeds / _OF
        print(f"{'kept' if number >= wanted else 'MISSED'}: {said} in {number} of {chosen.seeds}; wanted {wanted:g}")


if __name__ == "__main__":
    main()
