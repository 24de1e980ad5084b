"""HTTP odds and ends that need no network."""
# flake8: noqa: F401
from .cookies import CookieJar, SetCookie, parse_cookie, parse_set_cookie
from .headers import HeaderError, Headers, format_date, parse_date, parse_options
from .negotiate import best_encoding, best_match, parse_accept
from .query import build_query, parse_query, query_dict, update_query
from .ranges import RangeNotSatisfiable, coalesce, content_range, parse_range
from .router import MethodNotAllowed, NotFound, Router
