import pytest

from treesync import (
    Entry, IgnoreRules, ManifestError, Run, Snapshot, SnapshotError, apply_plan, compare, dumps, loads, plan_changes, sync,
    three_way, verify,
)

NFD, NFC = "cafe\u0301", "caf\u00e9"


# manifests

@pytest.mark.parametrize("char", ["\u2028", "\u2029", "\x85", "\x0b", "\x0c", "\x1c", "\x1d", "\x1e", "\n", "\r", "\r\n", "\\", "\\n", " ", "\t"])
@pytest.mark.parametrize("pattern", ["a{}b.txt", "dir{}x/file", "{}start", "end{}", "two{}of{}them"])
def test_any_character_in_a_name(char, pattern):
    tree = Snapshot({pattern.replace("{}", char): "text", "plain": "x"})
    records = loads(dumps(tree))
    assert list(records) == list(tree)
    assert verify(tree, records) == []
    assert loads(dumps(tree).replace("\n", "\r\n")) == records


def test_line_ends():
    tree = Snapshot({"a": "1", "b/c": "2", "e": None})
    text = dumps(tree)
    assert text.count("\n") == len(tree) + 2
    for variant in (text, text.replace("\n", "\r\n"), text.rstrip("\n"), text + "\n\n"):
        assert list(loads(variant)) == list(tree)
    with pytest.raises(ManifestError):
        loads(text.replace("end 4\n", ""))
    with pytest.raises(ManifestError):
        loads(text.replace("d 755 b\n", "\nd 755 b\n"))
    with pytest.raises(ManifestError):
        loads(text.replace(" b\n", " b\\x\n"))


# plans

TREES = [
    Snapshot(entries) for entries in (
        {}, {"a": "1"}, {"a": None}, {"a/b": "1"}, {"a/b/c": "1"}, {"a/b": "2", "a/c": "1"}, {"a": "2", "b": "1"},
        {"b": "2", "a": "1"}, {"a/b": None, "b": "1"}, {"b/a": "1", "c": ""}, {"a": Entry("file", b"1", 0o755)},
        {"a": Entry("dir", mode=0o700), "c/d/e": "1"}, {"a/b/c": "3", "b/a/d": "1", "c": "2"}, {"c": "1", "b": "1", "a": "1"},
        {"x": "1", "y": "1"}, {"a": "", "b": ""}, {"c": "", "e": ""}, {"a/b/c": None}, {"b/c": "file", "a/b": "file"},
    )
]


@pytest.mark.parametrize("renames", [True, False])
@pytest.mark.parametrize("old", range(len(TREES)))
def test_every_plan_leads_there(old, renames):
    old = TREES[old]
    before = old.copy()
    for new in TREES:
        steps = plan_changes(compare(old, new, renames=renames))
        assert apply_plan(old, steps) == new
        assert old == before
        run = Run(old, steps)
        run.finish()
        assert run.rollback() == old
        assert sync(new, old, renames=renames) == new


def test_steps_one_by_one():
    old, new = Snapshot({"a": "1", "b/c": "2"}), Snapshot({"a/x": "3", "b": "4"})
    run = Run(old, plan_changes(compare(old, new)))
    seen = []
    while not run.done:
        seen.append(run.step())
    assert run.tree == new
    assert sorted((step.action, step.path) for step in seen) == [
        ("delete", "a"), ("delete", "b/c"), ("mkdir", "a"), ("rmdir", "b"), ("write", "a/x"), ("write", "b"),
    ]


def test_moves_out_of_a_folder_that_goes():
    old = Snapshot({"d/e/f": "text", "d/g": "more"})
    new = Snapshot({"n/f": "text", "d": "more stuff", "g": "more"})
    steps = plan_changes(compare(old, new))
    assert [step.action for step in steps].count("move") == 2
    assert apply_plan(old, steps) == new


# renames

def renamed(old, new):
    return {(change.source, change.path) for change in compare(old, new) if change.kind == "renamed"}


@pytest.mark.parametrize("gone", range(5))
@pytest.mark.parametrize("come", range(5))
def test_as_many_renames_as_there_are_files(gone, come):
    old = Snapshot({"old%d" % number: "text" for number in range(gone)})
    new = Snapshot({"new%d" % number: "text" for number in range(come)})
    changes = compare(old, new)
    pairs = renamed(old, new)
    assert len(pairs) == min(gone, come)
    assert len({source for source, _ in pairs}) == len({target for _, target in pairs}) == len(pairs)
    assert len([change for change in changes if change.kind == "added"]) == max(come - gone, 0)
    assert len([change for change in changes if change.kind == "removed"]) == max(gone - come, 0)
    assert sync(new, old) == new


def test_several_contents_at_once():
    old = Snapshot({"a/1": "one", "a/2": "one", "a/3": "two", "a/4": "three"})
    new = Snapshot({"b/1": "two", "b/2": "two", "b/3": "one", "b/4": "one", "b/5": "one"})
    pairs = renamed(old, new)
    assert {(old[source].content, new[target].content) for source, target in pairs} == {(b"one", b"one"), (b"two", b"two")}
    assert {source for source, _ in pairs} == {"a/1", "a/2", "a/3"}
    assert len({target for _, target in pairs}) == len(pairs) == 3
    assert sync(new, old) == new


def test_what_is_no_rename():
    assert renamed(Snapshot({"a": "", "b": ""}), Snapshot({"c": "", "d": ""})) == set()
    assert renamed(Snapshot({"a": "t"}), Snapshot({"a": "t", "b": "t"})) == set()
    assert renamed(Snapshot({"a": "t"}), Snapshot({"b": "u"})) == set()
    assert renamed(Snapshot({"a": "t", "b": "u"}), Snapshot({"c": "u", "d": "t"})) == {("a", "d"), ("b", "c")}


# ignore rules

@pytest.mark.parametrize(
    "pattern, inside, outside",
    [
        ("docs/*.txt", "docs/a.txt", "x/docs/a.txt"), ("a/b", "a/b", "x/a/b"), ("a/b/", "a/b/f", "x/a/b/f"),
        ("src/**/gen", "src/x/gen", "lib/src/x/gen"), ("a/?", "a/b", "b/a/b"), ("/a/b", "a/b", "x/a/b"), ("/a", "a", "x/a"),
        ("logs/**", "logs/x", "old/logs/x"), ("a/[xy].c", "a/x.c", "b/a/x.c"), ("/a/", "a/f", "x/a/f"),
    ],
)
def test_anchored(pattern, inside, outside):
    rules = IgnoreRules([pattern])
    assert rules.ignored(inside)
    assert not rules.ignored(outside)
    back = IgnoreRules(["f*", "!" + pattern])
    assert not back.ignored(inside) or inside.endswith("/f")


@pytest.mark.parametrize(
    "pattern, paths",
    [
        ("*.txt", ["a.txt", "d/a.txt", "d/e/a.txt"]), ("build/", ["build/x", "d/build/x", "d/e/build/x"]),
        ("**/a/b", ["a/b", "x/a/b", "x/y/a/b"]), ("name", ["name", "x/name", "x/name/y"]), ("**/a", ["a", "x/a", "x/y/a"]),
        ("**/a/", ["a/f", "x/a/f"]), ("a//", ["a/f", "x/a/f"]),
    ],
)
def test_not_anchored(pattern, paths):
    for path in paths:
        assert IgnoreRules([pattern]).ignored(path), path


def test_rules_in_a_comparison():
    new = Snapshot({"docs/build/x": "1", "old/docs/build/x": "2", "docs/a.txt": "3"})
    found = [change.path for change in compare(Snapshot(), new, ["docs/build", "/docs/*.txt"])]
    assert found == ["docs", "old", "old/docs", "old/docs/build", "old/docs/build/x"]


# merging

def contents(tree):
    return {path: entry.content.decode() for path, entry in tree.items() if entry.kind == "file"}


@pytest.mark.parametrize(
    "path, names",
    [
        ("notes.txt", ["notes (conflict).txt", "notes (conflict 2).txt", "notes (conflict 3).txt", "notes (conflict 4).txt"]),
        ("d/x", ["d/x (conflict)", "d/x (conflict 2)", "d/x (conflict 3)", "d/x (conflict 4)"]),
        (".rc", [".rc (conflict)", ".rc (conflict 2)", ".rc (conflict 3)", ".rc (conflict 4)"]),
        ("a.tar.gz", ["a.tar (conflict).gz", "a.tar (conflict 2).gz", "a.tar (conflict 3).gz", "a.tar (conflict 4).gz"]),
    ],
)
def test_copies_of_earlier_conflicts_stay(path, names):
    for count in range(len(names)):
        had = {name: "earlier %d" % number for number, name in enumerate(names[:count])}
        base = Snapshot({path: "base", **had})
        result = three_way(base, Snapshot({path: "left", **had}), Snapshot({path: "right", **had}), "both")
        assert contents(result.tree) == {path: "left", names[count]: "right", **had}
        for side in range(3):
            trees = [Snapshot({path: text, **(had if number == side else {})}) for number, text in enumerate(("base", "left", "right"))]
            found = contents(three_way(*trees, policy="both").tree)
            assert found[path] == "left" and found[names[count]] == "right"
            if side:
                assert {name: found[name] for name in had} == had


def test_several_rounds():
    here = Snapshot({"n.txt": "0"})
    base = here
    for number in range(1, 6):
        left, right = here.copy(), here.copy()
        left.put("n.txt", Entry("file", b"l%d" % number))
        right.put("n.txt", Entry("file", b"r%d" % number))
        base, here = here, three_way(here, left, right, "both").tree
    assert sorted(contents(here).values()) == ["l5", "r1", "r2", "r3", "r4", "r5"]


def test_a_file_in_the_way_does_not_overwrite():
    left = Snapshot({"x": "file", "x (conflict)": "mine"})
    right = Snapshot({"x/in": "text"})
    for one, other in ((left, right), (right, left)):
        for policy in ("report", "both"):
            found = contents(three_way(Snapshot(), one, other, policy).tree)
            assert found["x (conflict)"] == "mine" and found["x/in"] == "text"


def test_other_conflicts():
    base = Snapshot({"a": "base", "b": "base"})
    left, right = Snapshot({"a": "l", "b": "base"}), Snapshot({"a": "r", "b": "r"})
    result = three_way(base, left, right)
    assert contents(result.tree) == {"a": "l", "b": "r"} and len(result.conflicts) == 1
    assert contents(three_way(base, left, right, "right").tree) == {"a": "r", "b": "r"}
    assert contents(three_way(base, left, right, "both").tree) == {"a": "l", "b": "r", "a (conflict)": "r"}
    assert contents(three_way(base, left, left, "both").tree) == {"a": "l", "b": "base"}
    assert len(three_way(base, left, right, "both").conflicts) == 1


# spellings of paths

@pytest.mark.parametrize(
    "written, asked",
    [
        (NFD, NFC), (NFC, NFD), (NFD, NFD), (NFC, NFC), ("a/b", "./a/b"), ("a/b", "a//b"), ("./a/b/", "a/./b"),
        ("%s/%s" % (NFD, NFC), "%s/%s" % (NFC, NFD)), ("A\u030a", "\u00c5"),
    ],
)
def test_every_spelling_is_found(written, asked):
    tree = Snapshot({written: "text", "other": "x"})
    assert asked in tree
    assert tree.get(asked) is not None and tree.get(asked).content == b"text"
    assert tree[asked].content == b"text"
    assert tree.get(asked, "none") != "none"
    tree.put(asked, Entry("file", b"new"))
    assert tree[written].content == b"new"
    assert tree.remove(asked).content == b"new"
    assert asked not in tree and tree.get(written) is None and tree.get(written, 1) == 1


def test_what_is_not_there():
    tree = Snapshot({"a/b": "x"})
    assert "b" not in tree and "A/b" not in tree and "a/b/c" not in tree
    with pytest.raises(KeyError):
        tree["b"]
    for path in ("..", "/a", ""):
        with pytest.raises(SnapshotError):
            tree.get(path)
        with pytest.raises(SnapshotError):
            path in tree


def test_steps_in_any_spelling():
    tree = Snapshot({NFC: "x"})
    steps = [step._replace(path="./" + NFD) for step in plan_changes(compare(tree, Snapshot()))]
    assert len(apply_plan(tree, steps)) == 0
    assert verify(tree, {NFD: loads(dumps(tree))[NFC]}) == [(NFC, "unexpected")]
