// The project that scenarios work in: the bundled ledger with a further module that has habits, as real projects do.

import { writeFileSync } from "node:fs";
import path from "node:path";
import { project } from "./driver.mjs";

const BANKS = ["abn", "commerz", "dkb", "ing", "revolut", "sparkasse", "triodos", "wise"];
const HEAD = `"""Entries from what banks export."""

import csv
import logging
from pathlib import Path

from ledger.accounts import Account, BookingError

logger = logging.getLogger(__name__)

`;
const reader = (bank) => `
def read_${bank}(account: Account, path: Path) -> int:
    count = 0
    for row in csv.DictReader(path.open(encoding="utf-8")):
        try:
            account.book(row["day"], int(row["cents"]), row["text"])
        except BookingError:
            logger.warning("could not book %s", row["text"])
            continue
        count += 1
    return count

`;
/** A function that is not finished: the cursor of a scenario goes to its end, AT. */
const BEGUN = `
def read_postbank(account: Account, path: Path) -> int:
    count = 0
    for row in csv.DictReader(path.open(encoding="utf-8")):
        try:
            account.book(row["day"], int(row["cents"]), row["text"])
        except BookingError:
            `;

export const HABITS = HEAD + BANKS.map(reader).join("") + BEGUN;
export const AT = { line: HABITS.split("\n").length, column: 13 };
export const REST = 'logger.warning("could not book %s", row["text"])';

/** The ledger with ledger/readers.py, in which a line is still to be written. */
export function ledger(more = () => undefined) {
  return project("ledger", (folder) => {
    writeFileSync(path.join(folder, "ledger", "readers.py"), HABITS);
    more(folder);
  });
}
