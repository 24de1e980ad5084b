"""How questions are put, in a few languages: the kind of the answer, and where the names stand."""

import re
from collections.abc import Iterator

_NAME = r"(?P<{}>[^\s\"?,;？。]+(?:\s+(?!to\b|reach|from\b)[^\s\"?,;？。]+){{0,5}}?)"
_X, _A, _B, _OF = _NAME.format("x"), _NAME.format("a"), _NAME.format("b"), _NAME.format("of")
_WHO = r"(?:who|what|which(?: \w+)?|all)"
_PARTS = r"(?:classes|functions|methods|members|attributes|definitions|names)"
_TAKEN = r"(?:parameters?|arguments?|args|kwargs|keywords|options)"
_END = r"\s*[?.!？。]*"

_ENGLISH: tuple[tuple[str, str], ...] = (
    ("callers", rf"{_WHO} (?:calls?|invokes?|runs?) {_X}"),
    ("callers", rf"(?:all |the )*callers of {_X}"),
    ("callers", rf"(?:from )?where (?:is|are) {_X} (?:called|invoked)(?: from)?"),
    ("callers", rf"(?:is|are) {_X} (?:ever )?called(?: anywhere)?"),
    ("callees", rf"{_WHO} (?:does|do|is|are) {_X} (?:call|calling|invoke)"),
    ("callees", rf"(?:all |the )*callees of {_X}"),
    ("defined", rf"where (?:is|are) {_X} (?:defined|declared|implemented|written)"),
    ("defined", rf"where (?:is|are) (?:the )?(?:definition|declaration) of {_X}"),
    ("defined", rf"(?:show |find )?(?:me )?(?:the )?definition of {_X}"),
    ("used", rf"where (?:is|are) {_X} (?:used|referenced|mentioned|needed|read|set|written to|accessed|passed)"),
    ("used", rf"{_WHO} (?:uses?|references?|mentions?|needs?|reads?|sets?) {_X}"),
    ("used", rf"(?:all |the )*(?:uses|usages|references) (?:of|to) {_X}"),
    ("path", rf"how (?:does|do|can|could|would) {_A} (?:ever )?(?:reach|get to|come to|lead to|end up (?:in|at)|call|use|depend on|import) {_B}"),
    ("path", rf"(?:does|do|can) {_A} (?:ever )?(?:reach|call|use|lead to|depend on) {_B}"),
    ("compared", rf"(?:what(?: is|'s|’s| are)? )?(?:the )?(?:difference|differences|relation) between {_A} and {_B}"),
    ("compared", rf"(?:how (?:does|do|is|are) )?{_A} (?:differ|differs|different) from {_B}"),
    ("compared", rf"(?:is|are) {_A} (?:the same as|equal to|an alias (?:of|for)) {_B}"),
    ("compared", rf"(?:compare )?{_A} (?:vs\.?|versus|compared (?:to|with)) {_B}|compare {_A} (?:and|with|to) {_B}"),
    ("path", rf"(?:the )?(?:path|way|chain) from {_A} to {_B}"),
    ("path", rf"how (?:is|are|does|do|can) {_B} (?:reached|called|get(?:s)? called) (?:from|by) {_A}"),
    ("tests", rf"(?:which|what) tests? (?:see|sees|covers?|exercises?|tests?|runs?|touch(?:es)?|hits?|reach(?:es)?|checks?|are (?:there )?(?:for|of)) {_X}"),
    ("tests", rf"(?:who|what) (?:tests?|covers?|exercises?|checks?) {_X}"),
    ("tests", rf"where (?:is|are) {_X} (?:tested|covered|checked)"),
    ("tests", rf"(?:the |all )*tests? (?:of|for|that (?:see|cover|exercise)) {_X}"),
    ("tests", rf"(?:is|are) {_X} tested(?: anywhere)?"),
    ("raises", rf"(?:what|(?:what|which) (?:exceptions?|errors?)) (?:does|do|can|may|might|could) {_X} (?:raise|throw)"),
    ("raises", rf"(?:which |what )?(?:exceptions?|errors?) (?:of|from|(?:raised|thrown) (?:by|in|from)) {_X}"),
    ("raisers", rf"{_WHO} (?:can |may )?(?:raises?|throws?) {_X}"),
    ("raisers", rf"where (?:is|are) {_X} (?:raised|thrown)(?: from)?"),
    ("raisers", rf"when (?:is|are) {_X} (?:raised|thrown)"),
    ("catchers", rf"{_WHO} (?:catch(?:es)?|excepts?) {_X}"),
    ("catchers", rf"where (?:is|are) {_X} caught"),
    ("heirs", rf"{_WHO} (?:inherits?|derives?) from {_X}"),
    ("heirs", rf"{_WHO} (?:extends?|implements?|subclass(?:es)?) {_X}"),
    ("heirs", rf"(?:all |the )*(?:subclasses|heirs|children) of {_X}"),
    ("overriders", rf"{_WHO} overrides? {_X}"),
    ("importers", rf"{_WHO} imports? {_X}"),
    ("importers", rf"where (?:is|are) {_X} imported"),
    ("dependents", rf"{_WHO} depends? (?:up)?on {_X}"),
    ("members", rf"(?:list |show |name |give )?(?:me )?(?:all )?(?:of )?(?:the )?{_PARTS} (?:in|of|on|from) {_X}"),
    ("members", rf"(?:what|which) {_PARTS} (?:does|do|has|have|are (?:there )?(?:in|on)) {_X}(?: have| define| contain| offer)?"),
    ("members", rf"(?:what|which) {_PARTS} are (?:defined |declared )?(?:in|on) {_X}"),
    ("signature", rf"(?:what|which) {_TAKEN} (?:does|do|can|may) {_X} (?:take|accept|have|get|support)"),
    ("signature", rf"(?:what (?:is|are) )?(?:all )?(?:the )?(?:{_TAKEN}|signature) (?:of|to|for) {_X}"),
    ("returns", rf"what (?:does|do|can) {_X} return"),
    ("default", rf"what (?:is|are) the defaults?(?: values?)? (?:of|for) {_X}(?: (?:in|of|on) {_OF})?"),
    ("default", rf"(?:the )?defaults?(?: values?)? (?:of|for) {_X}(?: (?:in|of|on) {_OF})?"),
    ("about", rf"(?:what|who) (?:is|are) {_X}(?: for)?"),
    ("about", rf"what (?:does|do) {_X} do"),
    ("about", rf"(?:explain|describe) {_X}"),
)  # fmt: skip
_OTHERS: tuple[tuple[str, str], ...] = (
    ("callers", rf"wer ruft {_X} auf|(?:von )?wo wird {_X} aufgerufen|qui appelle {_X}|où est appelée? {_X}|qui[ée]n llama a {_X}|d[óo]nde se llama(?: a)? {_X}"),
    ("callers", rf"(?:谁|哪里|哪些函数)(?:会)?调用(?:了)?\s*{_X}|{_X}\s*(?:在哪里|在哪儿|被谁)(?:被)?调用|{_X}\s*はどこ(?:で|から)呼ば?れ?.*"),
    ("defined", rf"wo (?:ist|wird) {_X} (?:definiert|implementiert|erklärt)|où est (?:définie?|implémentée?) {_X}|d[óo]nde (?:se define|está definid[oa]) {_X}"),
    ("defined", rf"{_X}\s*(?:在哪里|在哪儿)(?:被)?(?:定义|实现)(?:的)?|哪里定义(?:了)?\s*{_X}|{_X}\s*はどこで(?:定義|実装).*"),
    ("used", rf"wo wird {_X} (?:benutzt|verwendet|gebraucht|genutzt|gelesen|gesetzt)|wer (?:benutzt|verwendet|braucht|nutzt) {_X}"),
    ("used", rf"où est (?:utilisée?|employée?|lue?) {_X}|qui utilise {_X}|d[óo]nde se (?:usa|utiliza|lee) {_X}|qui[ée]n (?:usa|utiliza) {_X}"),
    ("used", rf"{_X}\s*(?:在哪里|在哪儿|被谁)(?:被)?(?:使用|用到|读取)|(?:谁|哪里)(?:使用|用)(?:了|到)?\s*{_X}|{_X}\s*はどこで使.*"),
    ("tests", rf"welche tests? (?:prüfen|testen|decken|sehen) {_X}(?: ab)?|wo wird {_X} getestet|quels tests? (?:couvrent|testent|vérifient) {_X}"),
    ("tests", rf"qu[ée] (?:pruebas|tests) (?:cubren|prueban) {_X}|(?:哪些|什么)测试(?:覆盖|测试)(?:了)?\s*{_X}"),
    ("raises", rf"(?:was|welche (?:ausnahmen|fehler)) (?:wirft|kann) {_X}(?: werfen)?|quelles exceptions (?:lève|peut lever) {_X}|qu[ée] excepciones (?:lanza|puede lanzar) {_X}"),
    ("raises", rf"{_X}\s*(?:会)?抛出(?:什么|哪些)(?:异常|错误)"),
    ("raisers", rf"wer wirft {_X}|wo wird {_X} geworfen|où est levée? {_X}|qui lève {_X}|d[óo]nde se lanza {_X}|(?:谁|哪里)(?:会)?抛出(?:了)?\s*{_X}"),
    ("heirs", rf"wer erbt von {_X}|qui hérite de {_X}|qui[ée]n hereda de {_X}|(?:谁|哪些类)继承(?:了)?\s*{_X}"),
    ("importers", rf"wer importiert {_X}|qui importe {_X}|qui[ée]n importa {_X}|(?:谁|哪里)导入(?:了)?\s*{_X}"),
    ("path", rf"wie (?:kommt|gelangt) {_A} (?:zu|nach|bis) {_B}|comment {_A} (?:atteint|appelle|arrive à) {_B}|c[óo]mo llega {_A} a {_B}"),
    ("about", rf"was (?:ist|macht|tut) {_X}|(?:que fait|qu'est-ce que|qu’est-ce que) {_X}|qu[ée] (?:es|hace) {_X}|{_X}\s*(?:是什么|做什么|有什么用)|{_X}\s*(?:とは何|は何).*"),
)  # fmt: skip


def _each(forms: tuple[tuple[str, str], ...]) -> Iterator[tuple[str, re.Pattern[str]]]:
    for kind, form in forms:
        for way in _ways(form):
            yield kind, re.compile(rf"[¿¡]?\s*(?:{way}){_END}", re.IGNORECASE)


def _ways(form: str) -> Iterator[str]:
    """The alternatives at the top of a form: each has a group of its name of its own."""
    depth, begun = 0, 0
    for at, sign in enumerate(form):
        depth += (sign in "([") - (sign in ")]")
        if sign == "|" and not depth:
            yield form[begun:at]
            begun = at + 1
    yield form[begun:]


FORMS = tuple(_each((*_ENGLISH, *_OTHERS)))  # first match first
UNDERSTOOD = (
    "who calls, uses, imports, raises, tests, overrides or inherits from NAME; what NAME calls, raises, returns or takes; the members of NAME; "
    "the default of NAME; the difference between A and B; where NAME is defined; how A reaches B"
)
