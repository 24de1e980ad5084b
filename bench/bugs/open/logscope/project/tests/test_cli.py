import gzip
import io

import pytest

from logscope.cli import main

LOG = """\
10.0.0.1 - kim [05/Mar/2024:10:00:00 +0000] "GET /users/1 HTTP/1.1" 200 2048 "-" "x" 0.100
10.0.0.2 - - [05/Mar/2024:10:00:10 +0000] "GET /users/2 HTTP/1.1" 500 0 "-" "x" 0.300
broken
10.0.0.2 - - [05/Mar/2024:10:10:00 +0000] "GET /about HTTP/1.1" 200 100 "-" "x"
"""


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "access.log"
    path.write_text(LOG)
    return str(path)


def run(*arguments):
    out = io.StringIO()
    return main(list(arguments), out), out.getvalue().splitlines()


def test_table(log):
    assert run(log) == (
        0,
        [
            "route     hits  errors    bytes    mean     p95",
            "--------  ----  ------  -------  ------  ------",
            "/users/*     2       1  2.0 KiB  200 ms  300 ms",
            "/about       1       0    100 B       -       -",
        ],
    )


def test_csv(log):
    assert run(log, "--format", "csv", "--by", "status", "--where", "path~users")[1] == [
        "status,hits,errors,bytes,mean,p95",
        "200,1,0,2048,0.1,0.1",
        "500,1,1,0,0.3,0.3",
    ]


def test_several_files(log, tmp_path):
    packed = tmp_path / "old.log.gz"
    with gzip.open(packed, "wt") as stream:
        stream.write(LOG)
    code, lines = run(log, str(packed), "--by", "day")
    assert lines[2].split()[:2] == ["2024-03-05", "6"]


def test_visits(log):
    assert run(log, "--visits")[1] == ["2 visits", "1 bounced", "295 s on average", "1 at once, at 2024-03-05 10:00:00"]


def test_faults(log, capsys):
    assert run(log, "--strict")[0] == 1
    assert "access.log:3: cannot be read: broken" in capsys.readouterr().err
    assert run(log, "--where", "nope")[0] == 2
    assert run("/no/such/file")[0] == 2
