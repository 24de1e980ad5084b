"""The signals: what each kind of evidence says of a definition, and of a statement within one, as numbers from 0 to 1."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log

from fixbot_analysis.symbols import split_words
from fixbot_repair.localisation.outline import Statement
from fixbot_repair.localisation.playing import playing
from fixbot_repair.localisation.relations import Related, relate
from fixbot_repair.localisation.scene import NOTHING, Key, Scene, best
from fixbot_repair.localisation.spectrum import Count, dstar, op2
from fixbot_repair.localisation.wording import agreement, mentions, names, rarity, said, values, words_of_test

Row = dict[str, float]
_DEPTH = 5  # calls from a test that are followed
_FADE = 0.6  # what a call is worth against the one that made it
_SHARP = 6  # power that leaves little but the highest
_MOST_LINES = 200.0  # at which a size counts full


@dataclass(slots=True)
class Held:
    """A definition with its own statements, what was counted of each, and its names."""

    statements: list[Statement]
    counts: list[Count]
    texts: list[str]
    names: frozenset[str] = frozenset()  # on the lines that failing tests ran
    values: frozenset[str] = frozenset()
    default: Count = NOTHING  # of its header, by who sees a default that a call takes
    row: Row = field(default_factory=dict)
    linked: list[Row] = field(default_factory=list)  # what dependences say of each of `statements`

    @property
    def top(self) -> Count:
        """The counts of the statement that most failing tests run."""
        return max(self.counts, key=lambda c: (c.failed, c.passed))

    def judged(self, scene: Scene) -> list[Count]:
        """The counts as statements are ranked by them: the header's are those of its defaults where these say more."""
        return [max(self.counts[0], self.default, key=scene.suspicion), *self.counts[1:]]


def definitions(scene: Scene) -> dict[Key, Held]:
    """Every definition that something points at, its `row` filled in."""
    related = relate(scene)
    found = _held(scene, related)
    _spectra(scene, found)
    _marks(scene, found)
    _words(scene, found)
    _calls(scene, found)
    _relations(scene, related, found)
    _shape(scene, found)
    return found


def _held(scene: Scene, related: Related) -> dict[Key, Held]:
    found: dict[Key, Held] = {}
    for path, outline in scene.outlines.items():
        for name, inner in outline.inner().items():
            is_report = (path, name) in related.reporting
            counts = [NOTHING] * len(inner) if is_report else _counts(scene, path, inner)
            texts = [outline.text(s) for s in inner]
            ran = "\n".join(t for t, c in zip(texts, counts, strict=True) if c.failed)
            held = Held(inner, counts, texts, names(ran), values("\n".join(texts)))
            pointed = any(best(m, path, s) for m in (scene.frames, scene.issue_frames, scene.mentioned) for s in inner)
            if held.top.failed or pointed or is_report:
                found[path, name] = held
    return found | _bound(scene, related, found)


def _counts(scene: Scene, path: str, inner: list[Statement]) -> list[Count]:
    """Counts of the statements of one definition; a header runs on import, but its defaults are part of each call: as its first line."""
    counts = [scene.of(path, s) for s in inner]
    if inner and inner[0].kind == "definition" and not counts[0].failed:
        counts[0] = next((c for c in counts if c.failed), counts[0])
    return counts


def _bound(scene: Scene, related: Related, found: Mapping[Key, Held]) -> dict[Key, Held]:
    """What modules and classes bind, ran before any test: it is judged by the functions that see it, wherever they are."""
    judged, plays = _Judged(scene, related, found), playing(scene, related.flow)
    made: dict[Key, Held] = {}
    for path, outline in scene.outlines.items():
        for name, inner in outline.inner().items():
            holder = outline.definitions.get(name)
            if holder is None or holder.is_function or not plays(path, name):
                continue
            counts = [judged.of((path, s.line)) for s in inner]
            if any(c.failed for c in counts):
                texts = [outline.text(s) for s in inner]
                made[path, name] = Held(inner, counts, texts, frozenset(), values("\n".join(texts)))
    for key, held in found.items():
        if related.omitted.get((key[0], held.statements[0].line), 0.0):
            held.default = judged.of((key[0], held.statements[0].line))
    return made


class _Judged:
    """Counts of what is bound before any test: those of the most suspicious statement that sees it."""

    def __init__(self, scene: Scene, related: Related, found: Mapping[Key, Held]) -> None:
        self._scene, self._flow = scene, related.flow
        pairs = ((key[0], zip(held.statements, held.counts, strict=True)) for key, held in found.items())
        self._counts = {(path, s.line): c for path, each in pairs for s, c in each}

    def of(self, node: tuple[str, int]) -> Count:
        seen = (self._counts[n] for n in self._flow.seen_by(node) if n in self._counts)
        return max(seen, key=self._scene.suspicion, default=NOTHING)


def _spectra(scene: Scene, found: Mapping[Key, Held]) -> None:
    failing, passing = scene.spectrum.failing, scene.spectrum.passing
    every = [c for held in found.values() for c in held.counts if c.failed]
    tops = max(map(scene.suspicion, every), default=1.0), max(map(scene.weighed, every), default=1.0)
    for held in found.values():
        ran = [c for c in held.counts if c.failed]
        if not ran:
            continue
        scores = sorted((scene.suspicion(c) for c in ran), reverse=True)
        top = held.top
        held.row |= {
            "ochiai": scores[0],
            "relative": scores[0] / tops[0],
            "highest": (scores[0] / tops[0]) ** _SHARP,
            "ochiai of three": sum(scores[:3]) / len(scores[:3]),
            "dstar": max(dstar(c.failed, c.passed, failing) for c in ran),
            "op2": max(op2(c.failed, c.passed, failing, passing) for c in ran),
            "weighed": (weighed := max(map(scene.weighed, ran))),
            "weighed highest": (weighed / tops[1]) ** _SHARP,
            "by all": top.failed / failing,
            "common": log(1 + top.passed) / log(2 + passing),
        }


def _marks(scene: Scene, found: Mapping[Key, Held]) -> None:
    marked = {
        "frame": scene.frames,
        "innermost": scene.innermost,
        "issue frame": scene.issue_frames,
        "text": scene.mentioned,
    }
    for (path, name), held in found.items():
        for mark, marks in marked.items():
            held.row[mark] = max((best(marks, path, s) for s in held.statements), default=0.0)
        held.row["past"] = scene.past(path, name)


def _words(scene: Scene, found: Mapping[Key, Held]) -> None:
    tests = [words_of_test(o.test) for o in scene.asked]
    own = {key: frozenset(split_words(key[1].rpartition(".")[2])) for key in found}
    holders = {key: frozenset(split_words(key[1].rpartition(".")[0])) for key in found}
    files = {path: frozenset(split_words(path.rpartition("/")[2].removesuffix(".py"))) for path, _ in found}
    rare = rarity((*own.values(), *holders.values(), *files.values()))
    spoken = [said(o) for o in scene.asked]
    held_by = rarity(held.values for held in found.values())
    for (path, name), held in found.items():
        key = (path, name)
        held.row["test's name"] = agreement(own[key], tests, rare)
        held.row["test's class"] = agreement(holders[key], tests, rare)
        held.row["test's file"] = agreement(files[path], tests, rare)
        held.row["message"] = max((mentions(held.values, each, held_by) for each in spoken), default=0.0)
        called = frozenset(name.split(".")[-2:])
        held.row["named"] = sum(bool(called & each) for each in spoken) / max(len(spoken), 1)


def _calls(scene: Scene, found: Mapping[Key, Held]) -> None:
    """How near a definition is to what the tests call by name: directly, and over calls by name on lines that ran."""
    by_name: dict[str, list[Key]] = {}
    for key in found:
        parts = key[1].rpartition(".")
        name = parts[0].rpartition(".")[2] if parts[2] in ("__init__", "__new__", "__call__") else parts[2]
        by_name.setdefault(name, []).append(key)
    near = [key for name in frozenset().union(*scene.called) & by_name.keys() for key in by_name[name]]
    reached = dict.fromkeys(near, 1.0)
    last: Iterable[Key] = near
    for depth in range(1, _DEPTH + 1):
        named = {name for key in last for name in found[key].names & by_name.keys()}
        last = [key for name in named for key in by_name[name] if key not in reached]
        reached.update(dict.fromkeys(last, _FADE**depth))
    for key, value in reached.items():
        found[key].row["near"] = value


def _relations(scene: Scene, related: Related, found: Mapping[Key, Held]) -> None:
    """What its dependences say of a definition, and of each of its statements."""
    for key, held in found.items():
        nodes = [(key[0], s.line) for s in held.statements]
        held.row |= {
            "shown": max((related.shown.get(n, 0.0) for n in nodes), default=0.0),
            "handed": max((related.handed.across.get(n, 0.0) for n in nodes), default=0.0),
            "contrast": max((best(scene.contrast, key[0], s) for s in held.statements), default=0.0),
        }
        held.linked = [
            {
                "own shown": related.shown.get(node, 0.0),
                "own handed": related.handed.got.get(node, 0.0),
                "own fed": related.fed.get(node, 0.0),
                "own contrast": best(scene.contrast, key[0], statement),
                "kind default": float(related.omitted.get(node, 0.0) > 0),
            }
            for node, statement in zip(nodes, held.statements, strict=True)
        ]


def _shape(scene: Scene, found: Mapping[Key, Held]) -> None:
    for (path, name), held in found.items():
        holder = scene.outlines[path].definitions.get(name)
        ran = sum(bool(c.failed) for c in held.counts)
        short = name.rpartition(".")[2]
        held.row |= {
            "size": min(log(1 + len(held.statements)) / log(_MOST_LINES), 1.0),
            "share": ran / len(held.statements),
            "no function": float(holder is None or not holder.is_function),
            "special": float(short.startswith("__")),
            "private": float(short.startswith("_") and not short.startswith("__")),
            "ran": float(ran > 0),
        }


def statements(scene: Scene, key: Key, held: Held) -> list[Row]:
    """A row for each statement of a definition, in their order."""
    path = key[0]
    rows: list[Row] = [{} for _ in held.statements]
    counts = held.judged(scene)
    tops = (max(map(scene.suspicion, counts)), max(map(scene.weighed, counts)))
    spoken = frozenset().union(*(said(o) for o in scene.asked))
    texts = [values(t) for t in held.texts]
    rare = rarity(texts)
    ran = [n for n, c in enumerate(counts) if c.failed and held.statements[n].kind != "definition"]
    for place, (statement, counted, row) in enumerate(zip(held.statements, counts, rows, strict=True)):
        own, weighed = scene.suspicion(counted), scene.weighed(counted)
        row |= {
            "own ochiai": own / tops[0] if tops[0] else 0.0,
            "own weighed": weighed / tops[1] if tops[1] else 0.0,
            "own highest": (own / tops[0]) ** _SHARP if tops[0] else 0.0,
            "own weighed highest": (weighed / tops[1]) ** _SHARP if tops[1] else 0.0,
            "own by all": counted.failed / scene.spectrum.failing if scene.spectrum.failing else 0.0,
            "own ran": float(counted.failed > 0),
            "own frame": best(scene.frames, path, statement),
            "own innermost": best(scene.innermost, path, statement),
            "own issue frame": best(scene.issue_frames, path, statement),
            "own text": best(scene.mentioned, path, statement),
            "own message": mentions(texts[place], spoken, rare),
            "own words": min(log(1 + len(names(held.texts[place]))) / log(20), 1.0),
            "own last": float(bool(ran) and place == ran[-1]),
            "own skipped": float(place + 1 < len(rows) and counted.failed > 0 and not counts[place + 1].failed),
        }
        row.update(held.linked[place] if held.linked else {})
        if statement.kind and not row.get("kind default"):
            row[f"kind {statement.kind}"] = 1.0
    return rows
