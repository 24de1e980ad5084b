"""Where people made and mended bugs of a template's class: at least two for each template that came after the first ones.

A bug is ``owner/name@commit`` or ``owner/name#number`` of an issue or a pull request. They are facts about the class; the edit that a
template makes need not be the one that was made there.
"""

from collections.abc import Mapping

from fixbot_repair.candidates.templates import pitfalls

SEEN: Mapping[str, tuple[str, ...]] = {
    **pitfalls.SEEN,
    "absence.asked": ("aristanetworks/anta#1110", "openedx/openedx-platform#21547"),
    "absence.guarded": ("Python-Markdown/markdown@df8423b93eb1", "andialbrecht/sqlparse@c54a9eb9ccae", "psf/requests@7dde3289e397"),
    "absence.left_out": ("ilyash/show-struct#12", "adobe-apiplatform/user-sync.py#541"),
    "absence.operands": ("holoviz/lumen#837", "bytedeck/bytedeck#868"),
    "argument.place": ("astanin/python-tabulate@487f482ed726", "encode/django-rest-framework@3b71be725a72"),
    "check.kind": ("Suor/funcy@6b92d03fcfb8", "encode/django-rest-framework@08be7da01ca1", "lark-parser/lark@3ac32fa5f006"),
    "check.reach": ("mahmoud/glom@59d61c92fe1c", "sphinx-doc/sphinx@b66f3e143e6b"),
    "condition.literal": ("pallets/click@41c396f63c34", "psf/requests@7d085b188cbf"),
    "donor.condition": ("pallets/click@41c396f63c34", "andialbrecht/sqlparse@621e1d84607a"),
    "donor.elsewhere": ("marshmallow-code/marshmallow@8190f49681ab", "pallets/flask@095651be9e"),
    "fallback.handler": ("andialbrecht/sqlparse@223606e484c9", "pallets/flask@2d0da3c50e0c"),
    "fallback.key": ("robinhood/aiokafka#12", "django-haystack/django-haystack#751"),
    "fallback.library": ("Force-of-Wind/fowsim#135", "VIDA-NYU/openclean-core#41"),
    "fallback.many": ("CitrineInformatics/gemd-python#166", "wolever/parameterized#157"),
    "fallback.parsed": ("encode/django-rest-framework@3b1895effd74", "python-humanize/humanize@b1ee68758208"),
    "fallback.parts": ("RedHatInsights/bonfire#90", "elliejs/Willump#8", "alphagov/fabric-scripts#145"),
    "fallback.store": ("ministryofjustice/operations-engineering#4471", "isaacg1/pyth#44"),
    "fallback.value": ("astanin/python-tabulate@87a9a4e07a5e", "celery/celery@2381fcd14260"),
    "guard.cycle": ("moinwiki/moin#80", "mongodb/snooty-parser#600", "marimo-team/marimo#9369"),
    "guard.expected": ("GoogleCloudPlatform/evalbench#121", "src-d/hercules#122"),
    "guard.refuse": ("encode/httpx@8553067b6331", "pallets/flask@0a93c552cc33"),
    "library.dropped": ("stanford-oval/storm#442", "ntasfi/PyGame-Learning-Environment#24", "castorini/eval#33"),
    "library.in_place": ("user-cont/conu#327", "DobyTang/LazyLibrarian#1002", "eficode-academy/git-katas#119"),
    "library.join": ("django/django@f5b39b77e38b", "netbox-community/pynetbox#125"),
    "library.member": ("sartography/spiff-arena#303", "jupyterhub/nativeauthenticator#82"),
    "library.units": ("encode/httpx@befa57c6f9f9", "teemtee/tmt#5120"),
    "once.entry": ("Clinical-Genomics/cg#1368", "ox-it/python-sharepoint#37"),
    "once.kept": ("pimutils/vdirsyncer#904", "datamade/parserator#21", "mailpile/Mailpile#1504"),
    "operand.regroup": ("python-humanize/humanize@a178851b369e", "pyparsing/pyparsing@bd6962c23974"),
    "order.key": ("criteo/cluster-pack#73", "matplotlib/mpl-third-party#74"),
    "order.order": ("lark-parser/lark@7373993102a8", "pegasystems/pega-datascientist-tools#376"),
    "parameter.default": ("dgilland/pydash@9cea6aae82e6", "mahmoud/boltons@b4dc12d6bf72"),
    "parameter.taken": ("goodrain/rainbond-console#749", "saltstack/salt#22881"),
    "scope.binding": ("python-attrs/attrs@818bc4a2d5d3", "sympy/sympy@ddaa2e8af16f"),
    "scope.declared": ("pallets/click@bec59289d8cf", "mahmoud/boltons@2157db964838"),
    "scope.late": ("hazelcast/hazelcast-python-client#271", "golemfactory/clay#2971"),
    "scope.shared": ("superagent-ai/superagent#984", "openpaperwork/pyocr#48"),
    "shape.cause": ("encode/django-rest-framework@e943e6491457", "pallets/click@75b537c761d1"),
    "shape.rebind": ("alecthomas/voluptuous@5e3bf148b48b", "celery/celery@31d05ed4d528"),
    "shape.super": ("python/mypy@80d84b6f3ad2", "django/django@6002df06713c"),
    "symmetry.element": ("Python-Markdown/markdown@ed661f744286", "davidhalter/parso@65a0748f4f5f"),
    "symmetry.reverse": ("pybel/pybel#12", "carpentries/amy#1948"),
    "symmetry.side": ("andialbrecht/sqlparse@111b35cffcfe", "Python-Markdown/markdown@a64592d5f288"),
    "text.codec": ("profusion/sgqlc#193", "mkdocstrings/griffe#387"),
    "text.format": ("psf/requests@715a57dec888", "mahmoud/boltons@e7bc040a15aa"),
    "text.pattern": ("marshmallow-code/marshmallow@5619eb995820", "lepture/mistune@c90174e89cdf"),
    "value.documented": ("python-smpplib/python-smpplib#81", "soulisalmed/biff#5"),
    "value.expected": ("ebroder/python-zephyr#10", "rikkichy/ollama-telegram#13"),
    "value.slip": ("mlcommons/storage#109", "elliotwaite/pycairo-animations#1"),
}  # fmt: skip
