"""The insecure patterns: their ids, weaknesses and what is said of them. Data."""

from fixbot_agent.completing.cleaning.security.rule import Rule

SQL = Rule("sql-injection", 89, "A query made of values; pass them as parameters")
COMMAND = Rule(
    "command-injection", 78, "A shell reads a command that is not constant; pass a list of arguments without a shell"
)
CODE = Rule("code-injection", 95, "What is not constant is run as code; use a parser, a table or ast.literal_eval")
TEMPLATE = Rule("template-injection", 1336, "A template's source is made of values; pass them as variables")
LDAP = Rule("ldap-injection", 90, "A directory filter is made of values; escape them")
XPATH = Rule("xpath-injection", 643, "An XPath is made of values; pass them as variables")
HEADER = Rule("header-injection", 113, "A request decides part of a header; quote it, or look it up")
LOG = Rule("log-injection", 117, "A request writes lines into the log; log its repr")
TOLD = Rule("logged-secret", 532, "A password ends in the log; leave it out")
REGEX = Rule("slow-regex", 1333, "A short text keeps this expression busy for hours; do not repeat a repetition")
NOSQL = Rule("nosql-injection", 943, "A query that runs code is made of values")
XSS = Rule("unescaped-html", 79, "What is not constant becomes part of a page unescaped")
AUTOESCAPE = Rule("autoescape-off", 79, "Templates that do not escape what they are given")
WEAK_HASH = Rule("weak-hash", 328, "MD5 and SHA-1 protect nothing; use SHA-256, for passwords scrypt or argon2")
FAST_HASH = Rule("fast-password-hash", 916, "A password hashed fast is guessed fast; use scrypt, bcrypt or argon2")
WEAK_CIPHER = Rule("weak-cipher", 327, "A broken cipher or mode (DES, RC4, ECB); use AES-GCM or ChaCha20-Poly1305")
STATIC_IV = Rule("static-iv", 329, "An initialisation vector, nonce or salt that never changes; make a random one")
WEAK_KEY = Rule("weak-key", 326, "A key too short to last; 2048 bits for RSA, 256 for curves")
WEAK_RANDOM = Rule("weak-random", 338, "Secrets from a generator that can be predicted; use the operating system's")
LOAD = Rule("unsafe-load", 502, "Loading this may run any code; use JSON or a safe loader")
XML = Rule("xml-entities", 611, "XML whose entities may read files; use defusedxml or switch entities off")
PATH = Rule(
    "path-traversal", 22, "A request or an archive decides which file; look the name up, or check where it leads"
)
TLS = Rule("tls-not-verified", 295, "Anybody may pose as the other side; leave verification on")
OLD_TLS = Rule("old-tls", 327, "A version of TLS that is broken")
HOST_KEY = Rule("host-key-not-verified", 295, "Any host's key is accepted; load the known hosts")
SECRET = Rule("hard-coded-secret", 798, "A secret in the source; read it from the environment or a store")
DEBUG = Rule("debug-on", 489, "Debugging on runs code that visitors send, or shows them the program")
BIND = Rule("bind-all", 605, "Listens to everybody who can reach the machine")
TEMP = Rule("guessable-temporary", 377, "Somebody else may make this file first; use mkstemp or NamedTemporaryFile")
MODE = Rule("writable-by-all", 732, "Everybody on the machine may change this file")
ASSERT = Rule("assert-decides-access", 617, "python -O leaves asserts out, and with them this check; raise an error")
JWT = Rule("jwt-not-verified", 347, "A token is believed whoever signed it")
CORS = Rule("cors-any-origin", 942, "Every site may ask in the visitor's name")
COOKIE = Rule("cookie-unprotected", 614, "A cookie that scripts or plain connections can read")
CSRF = Rule("csrf-off", 352, "Other sites may send forms in the visitor's name")
REDIRECT = Rule("open-redirect", 601, "A request decides where the visitor is sent")
FETCH = Rule("fetched-url", 918, "A request decides what this server fetches")
TIMING = Rule(
    "secret-compared-with-equals",
    208,
    "The time of the comparison tells how much of a secret is right; use hmac.compare_digest",
)
OVERFLOW = Rule("unbounded-copy", 120, "What is copied may be longer than its place; use snprintf with the size")
FORMAT = Rule("format-string", 134, 'What is not constant is read as a format; use "%s"')
PREDICTABLE = Rule("guessable-token", 340, "A token made of what others know; use secrets.token_urlsafe")
PLAIN = Rule("plain-protocol", 319, "A protocol that sends passwords in the clear")

RULES = tuple(value for value in list(globals().values()) if isinstance(value, Rule))
