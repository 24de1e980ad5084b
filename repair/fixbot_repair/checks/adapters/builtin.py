"""The foreign tools that fixbot knows: type checkers for Python, compilers of other languages. Nothing but data."""

import re
from dataclasses import replace

from fixbot_repair.checks.adapters import readers
from fixbot_repair.checks.adapters.adapter import Adapter, Place, Unit, Usage
from fixbot_repair.checks.finding import Severity

_PYTHON = frozenset({"python"})
_ANYWHERE = (Place.ENVIRONMENT, Place.BESIDE, Place.PATH)
_SCRIPT = frozenset({"typescript", "tsx"})
_LEVELS = {"error": Severity.ERROR, "fatal error": Severity.ERROR, "warning": Severity.WARNING}

MYPY = Adapter(
    name="mypy",
    languages=_PYTHON,
    programs=("mypy",),
    places=_ANYWHERE,
    install="install it in the project's environment: python -m pip install mypy",
    usage=Usage(
        configuration=("mypy.ini", ".mypy.ini", "pyproject.toml [tool.mypy]", "setup.cfg [mypy]"),
        package="mypy",
        command=r"(?<![\w./-])(?:mirrors-)?mypy(?![\w.])",
    ),
    arguments=(
        "--output=json", "--show-error-end", "--no-error-summary", "--cache-dir={scratch}/cache",
        "--python-executable={python}",
    ),
    neutral=("--config-file=",),
    named=("{files}",),
    targets=r"^\s*(?:files|packages|modules)\s*=",
    read=readers.mypy,
    gives_up=True,
    exits=frozenset({0, 1, 2}),
    severities={"error": Severity.ERROR},
    meanings={
        "name-defined": "undefined-name", "used-before-def": "unbound", "possibly-undefined": "unbound",
        "import-not-found": "missing-import", "import-untyped": "missing-stubs", "attr-defined": "no-attribute",
        "union-attr": "no-attribute", "assignment": "assignment", "operator": "operator", "arg-type": "argument-type",
        "call-arg": "arguments", "return-value": "return-type", "index": "index", "call-overload": "overload",
        "override": "override", "abstract": "abstract", "syntax": "syntax", "no-redef": "redefinition",
    },
)  # fmt: skip

PYRIGHT = Adapter(
    name="pyright",
    languages=_PYTHON,
    programs=("pyright", "basedpyright"),
    places=(Place.ENVIRONMENT, Place.NODE_MODULES, Place.BESIDE, Place.PATH),
    install="it needs node: npm install pyright, or python -m pip install 'pyright[nodejs]'",
    usage=Usage(
        configuration=("pyrightconfig.json", "pyproject.toml [tool.pyright]", "pyproject.toml [tool.basedpyright]"),
        package="pyright",
        command=r"(?<![\w./-])(?:based)?pyright(?:-python)?(?![\w.])",
    ),
    arguments=("--outputjson", "--pythonpath={python}"),
    harmless=True,  # JSON, which names no code to run
    named=("{files}",),
    read=readers.pyright,
    unit=Unit.UTF16,
    severities={"error": Severity.ERROR, "warning": Severity.WARNING},
    environment={"PYRIGHT_PYTHON_IGNORE_WARNINGS": "1"},
    meanings={
        "reportUndefinedVariable": "undefined-name", "reportPossiblyUnbound": "unbound", "reportUnboundVariable": "unbound",
        "reportMissingImports": "missing-import", "reportMissingTypeStubs": "missing-stubs",
        "reportAttributeAccessIssue": "no-attribute", "reportOptionalMemberAccess": "no-attribute",
        "reportAssignmentType": "assignment", "reportOperatorIssue": "operator", "reportArgumentType": "argument-type",
        "reportCallIssue": "arguments", "reportReturnType": "return-type", "reportIndexIssue": "index",
        "reportIncompatibleMethodOverride": "override", "reportAbstractUsage": "abstract", "reportRedeclaration": "redefinition",
        "reportUnusedImport": "unused-import", "reportUnusedVariable": "unused-variable",
    },
)  # fmt: skip

TY = Adapter(
    name="ty",
    languages=_PYTHON,
    programs=("ty",),
    places=_ANYWHERE,
    install="install it in the project's environment: python -m pip install ty",
    usage=Usage(configuration=("ty.toml", "pyproject.toml [tool.ty]"), package="ty", command=r"(?<![\w./-])ty check\b"),
    arguments=("check", "--output-format=gitlab", "--python={python}", "--exit-zero"),
    harmless=True,  # TOML, which names no code to run
    named=("{files}",),
    read=readers.code_climate,
    exits=frozenset({0}),
    syntax_rules=r"invalid-syntax",
    severities={
        "blocker": Severity.ERROR, "critical": Severity.ERROR, "major": Severity.ERROR, "minor": Severity.WARNING,
    },
    meanings={
        "unresolved-reference": "undefined-name", "possibly-unresolved-reference": "unbound",
        "unresolved-import": "missing-import", "import-not-found": "missing-import", "unresolved-attribute": "no-attribute",
        "possibly-missing-attribute": "no-attribute", "invalid-assignment": "assignment", "unsupported-operator": "operator",
        "invalid-argument-type": "argument-type", "too-many-positional-arguments": "arguments",
        "missing-argument": "arguments", "unknown-argument": "arguments", "invalid-return-type": "return-type",
        "no-matching-overload": "overload", "invalid-method-override": "override", "not-subscriptable": "index",
    },
)  # fmt: skip

PYREFLY = Adapter(
    name="pyrefly",
    languages=_PYTHON,
    programs=("pyrefly",),
    places=_ANYWHERE,
    install="install it in the project's environment: python -m pip install pyrefly",
    usage=Usage(
        configuration=("pyrefly.toml", "pyproject.toml [tool.pyrefly]"), package="pyrefly", command=r"(?<![\w./-])pyrefly check\b"
    ),
    arguments=("check", "--output-format=json", "--python-interpreter-path={python}"),
    neutral=("--config={scratch}/pyrefly.toml", "--search-path={root}"),  # the project's may name an interpreter, which pyrefly runs
    scratch_files={"pyrefly.toml": ""},
    named=("{files}",),
    read=readers.pyrefly,
    syntax_rules=r"parse-error|invalid-syntax",
    severities={"error": Severity.ERROR, "warn": Severity.WARNING},
    meanings={
        "unknown-name": "undefined-name", "unbound-name": "unbound", "missing-import": "missing-import",
        "untyped-import": "missing-stubs", "missing-attribute": "no-attribute", "bad-assignment": "assignment",
        "unsupported-operation": "operator", "bad-argument-type": "argument-type", "bad-argument-count": "arguments",
        "missing-argument": "arguments", "unexpected-keyword": "arguments", "bad-return": "return-type",
        "bad-index": "index", "no-matching-overload": "overload", "bad-override": "override",
    },
)  # fmt: skip

TSC = Adapter(
    name="tsc",
    languages=_SCRIPT,
    programs=("tsc",),
    places=(Place.NODE_MODULES, Place.PATH),
    install="it needs node: npm install --save-dev typescript",
    usage=Usage(configuration=("tsconfig.json",), package="typescript"),
    anchor="tsconfig.json",
    arguments=("--noEmit", "--pretty", "false", "--incremental", "false", "--composite", "false", "-p", "."),
    harmless=True,  # its plug-ins are the language service's: tsc loads none
    read=readers.Lines(
        re.compile(
            r"^(?P<path>.+?)\((?P<line>\d+),(?P<column>\d+)\): (?P<severity>error|warning) (?P<rule>TS\d+): (?P<message>.*)$"
        )
    ),
    exits=frozenset({0, 1, 2}),
    unit=Unit.UTF16,
    syntax_rules=r"TS1\d{3}$",
    severities=_LEVELS,
)

CARGO = Adapter(
    name="cargo",
    languages=frozenset({"rust"}),
    programs=("cargo",),
    places=(Place.PATH,),
    install="install Rust: https://rustup.rs",
    usage=Usage(configuration=("Cargo.toml",)),
    anchor="Cargo.toml",
    writes=True,  # Cargo.lock
    runs_code=True,  # build scripts and procedural macros
    arguments=(
        "check", "--offline", "--quiet", "--message-format=json", "--all-targets", "--target-dir={scratch}/target",
    ),
    read=readers.rustc,
    exits=frozenset({0, 101}),
    reads=("{home}/.rustup", "{home}/.cargo/bin", "{home}/.cargo/registry", "{home}/.cargo/git"),
    environment={"RUSTUP_HOME": "{home}/.rustup", "CARGO_HOME": "{home}/.cargo"},
    severities=_LEVELS,
)  # fmt: skip

GCC = Adapter(
    name="gcc",
    languages=frozenset({"c"}),
    programs=("gcc",),
    places=(Place.PATH,),
    install="install GCC 9 or newer",
    usage=Usage(files=("compile_commands.json",), command=r"\bgcc\b"),
    arguments=(
        "-fsyntax-only", "-Wall", "-Wextra", "-fdiagnostics-format=json", "-I.", "-Iinclude", "-Isrc", "{files}",
    ),
    read=readers.gcc,
    unit=Unit.BYTES,
    severities=_LEVELS,
)  # fmt: skip

GPP = replace(
    GCC,
    name="g++",
    languages=frozenset({"cpp"}),
    programs=("g++",),
    install="install G++ 9 or newer",
    usage=Usage(command=r"\bg\+\+"),
)

JAVAC = Adapter(
    name="javac",
    languages=frozenset({"java"}),
    programs=("javac",),
    places=(Place.PATH,),
    install="install a JDK",
    # Without annotation processors, which are code of the project.
    arguments=(
        "-proc:none", "-Xlint:all", "-Xmaxerrs", "100000", "-Xmaxwarns", "100000", "-encoding", "UTF-8",
        "-implicit:none", "-d", "{scratch}/out", "-sourcepath", "src/main/java:src/test/java:src:.", "{files}",
    ),
    read=readers.javac,
    reads=("/etc/java-*",),  # where distributions keep what a JDK's own folder links to
    unit=Unit.UTF16,
    severities=_LEVELS,
)  # fmt: skip

GO = Adapter(
    name="go",
    languages=frozenset({"go"}),
    programs=("go",),
    places=(Place.PATH,),
    install="install Go: https://go.dev/dl",
    usage=Usage(configuration=("go.mod",)),
    anchor="go.mod",
    runs_code=True,  # cgo
    arguments=("vet", "./..."),
    read=readers.Lines(
        re.compile(r"^(?:vet: )?(?P<path>[^\s:#]+\.go):(?P<line>\d+):(?:(?P<column>\d+):)? (?P<message>.*)$"),
        rule="vet",
        stderr=True,
    ),
    exits=frozenset({0, 1, 2}),
    unit=Unit.BYTES,
    reads=("{home}/go/pkg/mod", "/usr/local/go"),
    environment={
        "GOCACHE": "{scratch}/cache", "GOPATH": "{home}/go", "GOFLAGS": "-mod=mod", "GOPROXY": "off",
        "GOTOOLCHAIN": "local", "GOTELEMETRY": "off",
    },
)  # fmt: skip

BUILTIN = (MYPY, PYRIGHT, TY, PYREFLY, TSC, CARGO, GCC, GPP, JAVAC, GO)
