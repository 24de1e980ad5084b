"""logscope FILE... [--where CONDITION]... [--by KEY] [--sort COLUMN] [--top N] [--format table|csv] [--visits]"""

import argparse
import gzip
import sys

from logscope import filters, stats, tables
from logscope.lines import read_lines
from logscope.visits import busiest, visits

COLUMNS = ["hits", "errors", "bytes", "mean", "p95"]


def build_parser():
    parser = argparse.ArgumentParser(prog="logscope", description="Looks into access logs.")
    parser.add_argument("files", nargs="*", default=["-"], help="log files, .gz too; - is standard input")
    parser.add_argument("--where", action="append", default=[], metavar="CONDITION")
    parser.add_argument("--by", choices=sorted(stats.KEYS), default="route")
    parser.add_argument("--sort", choices=["hits", "errors", "bytes", "mean"], default="hits")
    parser.add_argument("--top", type=int, default=10)
    parser.add_argument("--format", choices=["table", "csv"], default="table")
    parser.add_argument("--visits", action="store_true")
    parser.add_argument("--strict", action="store_true", help="fail when a line cannot be read")
    return parser


def open_log(name):
    if name == "-":
        return sys.stdin
    if name.endswith(".gz"):
        return gzip.open(name, "rt", encoding="utf-8", errors="replace")
    return open(name, encoding="utf-8", errors="replace")


def hits_of(names, condition, on_bad):
    for name in names:
        stream = open_log(name)
        try:
            for hit in read_lines(stream, lambda number, error: on_bad(name, number, error)):
                if condition(hit):
                    yield hit
        finally:
            if stream is not sys.stdin:
                stream.close()


def rows_of(groups):
    for name, summary in groups:
        yield [name, summary.hits, summary.errors, summary.bytes, summary.mean, summary.percentile(0.95)]


def main(argv=None, out=None):
    out = out or sys.stdout
    given = build_parser().parse_args(argv)
    bad = []
    try:
        condition = filters.every(given.where)
        hits = hits_of(given.files, condition, lambda *where: bad.append(where))
        if given.visits:
            lines = visit_lines(hits)
        else:
            rows = rows_of(stats.top(stats.group(hits, stats.KEYS[given.by]), given.sort, given.top))
            lines = table_lines(given.by, rows, given.format)
    except (OSError, filters.BadFilter) as error:
        print("logscope: %s" % error, file=sys.stderr)
        return 2
    print("\n".join(lines), file=out)
    for name, number, error in bad:
        print("%s:%d: cannot be read: %s" % (name, number, error), file=sys.stderr)
    return 1 if bad and given.strict else 0


def table_lines(name, rows, form):
    head = [name] + COLUMNS
    if form == "csv":
        return tables.to_csv(head, rows).splitlines()
    shown = [
        [name, hits, errors, tables.size(count), tables.milliseconds(mean), tables.milliseconds(late)]
        for name, hits, errors, count, mean, late in rows
    ]
    return tables.table(head, shown, right=COLUMNS)


def visit_lines(hits):
    found = visits(sorted(hits, key=lambda hit: hit.time))
    most, when = busiest(found)
    lines = ["%d visits" % len(found)]
    if found:
        lines.append("%d bounced" % sum(visit.bounced for visit in found))
        lines.append("%.0f s on average" % (sum(visit.length for visit in found) / len(found)))
        lines.append("%d at once, at %s" % (most, when.strftime("%Y-%m-%d %H:%M:%S")))
    return lines
