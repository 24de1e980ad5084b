"""Members that the languages' own types have, and names that need no import (data: the languages' references, the commonest only)."""

from collections.abc import Mapping

_OBJECT_JAVA = "equals getClass hashCode notify notifyAll toString wait"
_ITERATOR_RUST = (
    "all any by_ref chain cloned collect copied count cycle enumerate filter filter_map find find_map flat_map flatten fold for_each fuse "
    "inspect into_iter last map map_while max max_by max_by_key min min_by min_by_key next nth partition peekable position product rev "
    "rposition scan size_hint skip skip_while step_by sum take take_while try_fold unzip zip"
)
_SLICE_RUST = (
    "as_ptr binary_search binary_search_by chunks chunks_exact concat contains copy_from_slice ends_with fill first first_mut get get_mut "
    "is_empty iter iter_mut join last last_mut len reverse rotate_left rotate_right sort sort_by sort_by_key sort_unstable split split_at "
    "split_first split_last starts_with swap to_owned to_vec windows"
)
_STR_RUST = (
    "as_bytes as_ptr as_str bytes char_indices chars contains ends_with eq_ignore_ascii_case find get is_char_boundary is_empty len lines "
    "match_indices matches parse repeat replace replacen rfind rsplit rsplitn split split_at split_once split_terminator split_whitespace "
    "splitn starts_with strip_prefix strip_suffix to_ascii_lowercase to_ascii_uppercase to_lowercase to_owned to_string to_uppercase trim "
    "trim_end trim_end_matches trim_matches trim_start trim_start_matches"
)
_ARRAY_JS = (
    "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes indexOf join keys "
    "lastIndexOf length map pop push reduce reduceRight reverse shift slice some sort splice toLocaleString toString unshift values"
)
_STRING_JS = (
    "at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf length localeCompare match matchAll normalize padEnd "
    "padStart repeat replace replaceAll search slice split startsWith substring toLocaleLowerCase toLocaleUpperCase toLowerCase toString "
    "toUpperCase trim trimEnd trimStart valueOf"
)

_SCRIPT: Mapping[str, str] = {
    "string": _STRING_JS,
    "array": _ARRAY_JS,
    "number": "toExponential toFixed toLocaleString toPrecision toString valueOf",
    "boolean": "toString valueOf",
    "regexp": "dotAll exec flags global ignoreCase lastIndex multiline source sticky test toString unicode",
    "function": "apply arguments bind call length name prototype toString",
    "promise": "catch finally then",
    "map": "clear delete entries forEach get has keys set size values",
    "set": "add clear delete entries forEach has keys size values",
    "error": "cause message name stack toString",
    "date": (
        "getDate getDay getFullYear getHours getMilliseconds getMinutes getMonth getSeconds getTime getTimezoneOffset getUTCDate "
        "getUTCDay getUTCFullYear getUTCHours getUTCMilliseconds getUTCMinutes getUTCMonth getUTCSeconds setDate setFullYear setHours "
        "setMilliseconds setMinutes setMonth setSeconds setTime toDateString toISOString toJSON toLocaleDateString toLocaleString "
        "toLocaleTimeString toString toTimeString toUTCString valueOf"
    ),
    "object": "constructor hasOwnProperty isPrototypeOf propertyIsEnumerable toLocaleString toString valueOf",
    "console": (
        "assert clear count countReset debug dir dirxml error group groupCollapsed groupEnd info log table time timeEnd timeLog trace warn"
    ),
    "Math": (
        "E LN10 LN2 LOG10E LOG2E PI SQRT1_2 SQRT2 abs acos acosh asin asinh atan atan2 atanh cbrt ceil clz32 cos cosh exp expm1 floor "
        "fround hypot imul log log10 log1p log2 max min pow random round sign sin sinh sqrt tan tanh trunc"
    ),
    "JSON": "parse stringify",
    "Object": (
        "assign create defineProperties defineProperty entries freeze fromEntries getOwnPropertyDescriptor getOwnPropertyDescriptors "
        "getOwnPropertyNames getOwnPropertySymbols getPrototypeOf hasOwn is isExtensible isFrozen isSealed keys preventExtensions "
        "prototype seal setPrototypeOf values"
    ),
    "Array": "from isArray of prototype",
    "Number": (
        "EPSILON MAX_SAFE_INTEGER MAX_VALUE MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY isFinite isInteger isNaN "
        "isSafeInteger parseFloat parseInt prototype"
    ),
    "String": "fromCharCode fromCodePoint prototype raw",
    "Promise": "all allSettled any prototype race reject resolve",
    "Symbol": (
        "asyncIterator for hasInstance isConcatSpreadable iterator keyFor match matchAll replace search species split toPrimitive "
        "toStringTag unscopables"
    ),
    "Reflect": (
        "apply construct defineProperty deleteProperty get getOwnPropertyDescriptor getPrototypeOf has isExtensible ownKeys "
        "preventExtensions set setPrototypeOf"
    ),
    "Date": "UTC now parse prototype",
}
_RUST: Mapping[str, str] = {
    "string": (
        f"{_STR_RUST} capacity clear drain extend insert insert_str into_boxed_str into_bytes pop push push_str remove reserve retain "
        "shrink_to_fit truncate clone"
    ),
    "str": _STR_RUST,
    "array": f"{_SLICE_RUST} clone map",
    "vec": (
        f"{_SLICE_RUST} append as_mut_slice as_slice capacity clear clone dedup dedup_by dedup_by_key drain extend extend_from_slice insert "
        "into_boxed_slice into_iter pop push remove reserve resize retain shrink_to_fit splice split_off swap_remove truncate"
    ),
    "option": (
        "and and_then as_deref as_deref_mut as_mut as_ref clone cloned copied expect filter flatten get_or_insert get_or_insert_with insert "
        "into_iter is_none is_none_or is_some is_some_and iter map map_or map_or_else ok_or ok_or_else or or_else replace take transpose "
        "unwrap unwrap_or unwrap_or_default unwrap_or_else unzip xor zip"
    ),
    "result": (
        "and and_then as_deref as_mut as_ref clone cloned copied err expect expect_err flatten into_iter is_err is_err_and is_ok is_ok_and "
        "iter map map_err map_or map_or_else ok or or_else transpose unwrap unwrap_err unwrap_or unwrap_or_default unwrap_or_else"
    ),
    "map": (
        "clear clone contains_key drain entry extend get get_key_value get_mut insert into_iter into_keys into_values is_empty iter iter_mut "
        "keys len remove remove_entry reserve retain values values_mut"
    ),
    "set": (
        "clear clone contains difference drain extend get insert intersection into_iter is_disjoint is_empty is_subset is_superset iter len "
        "remove replace reserve retain symmetric_difference take union"
    ),
    "iterator": _ITERATOR_RUST,
    "any": "as_ref borrow borrow_mut clone cmp eq fmt hash into partial_cmp to_owned to_string try_into",
    "String": "from from_utf8 from_utf8_lossy new with_capacity",
    "Vec": "from new with_capacity",
    "Option": "None Some",
    "Result": "Err Ok",
    "Box": "from leak new pin",
    "Rc": "clone downgrade new ptr_eq strong_count try_unwrap",
    "Arc": "clone downgrade new ptr_eq strong_count try_unwrap",
    "HashMap": "from new with_capacity",
    "HashSet": "from new with_capacity",
    "BTreeMap": "from new",
    "BTreeSet": "from new",
}
_JAVA: Mapping[str, str] = {
    "object": _OBJECT_JAVA,
    "array": f"length clone {_OBJECT_JAVA}",
    "string": (
        f"{_OBJECT_JAVA} charAt chars codePointAt compareTo compareToIgnoreCase concat contains contentEquals endsWith equalsIgnoreCase "
        "getBytes indexOf intern isBlank isEmpty lastIndexOf length lines matches regionMatches repeat replace replaceAll replaceFirst "
        "split startsWith strip stripLeading stripTrailing subSequence substring toCharArray toLowerCase toUpperCase trim"
    ),
    "list": (
        f"{_OBJECT_JAVA} add addAll clear contains containsAll forEach get indexOf isEmpty iterator lastIndexOf listIterator "
        "parallelStream remove removeAll removeIf replaceAll retainAll set size sort stream subList toArray"
    ),
    "set": (
        f"{_OBJECT_JAVA} add addAll clear contains containsAll forEach isEmpty iterator parallelStream remove removeAll removeIf retainAll "
        "size stream toArray"
    ),
    "map": (
        f"{_OBJECT_JAVA} clear compute computeIfAbsent computeIfPresent containsKey containsValue entrySet forEach get getOrDefault isEmpty "
        "keySet merge put putAll putIfAbsent remove replace replaceAll size values"
    ),
    "optional": (
        f"{_OBJECT_JAVA} filter flatMap get ifPresent ifPresentOrElse isEmpty isPresent map or orElse orElseGet orElseThrow stream"
    ),
    "builder": (
        f"{_OBJECT_JAVA} append appendCodePoint capacity charAt chars delete deleteCharAt ensureCapacity indexOf insert lastIndexOf length "
        "replace reverse setCharAt setLength subSequence substring"
    ),
    "exception": (
        f"{_OBJECT_JAVA} addSuppressed fillInStackTrace getCause getLocalizedMessage getMessage getStackTrace getSuppressed initCause "
        "printStackTrace setStackTrace"
    ),
    "String": "CASE_INSENSITIVE_ORDER copyValueOf format join valueOf",
    "Math": (
        "E PI abs acos addExact asin atan atan2 cbrt ceil cos exp floor floorDiv floorMod hypot log log10 max min multiplyExact negateExact "
        "pow random rint round signum sin sqrt subtractExact tan toDegrees toIntExact toRadians"
    ),
    "System": "arraycopy currentTimeMillis err exit gc getProperty getenv identityHashCode in lineSeparator nanoTime out setProperty",
    "Collections": (
        "addAll binarySearch emptyList emptyMap emptySet frequency max min nCopies reverse reverseOrder shuffle singleton singletonList "
        "singletonMap sort swap synchronizedList synchronizedMap unmodifiableCollection unmodifiableList unmodifiableMap unmodifiableSet"
    ),
    "Arrays": "asList binarySearch copyOf copyOfRange deepEquals deepHashCode deepToString equals fill hashCode setAll sort stream toString",
    "Objects": "equals hash hashCode isNull nonNull requireNonNull requireNonNullElse toString",
}
_GO: Mapping[str, str] = {
    "error": "Error",
    "array": "",
    "map": "",
    "string": "",
    "function": "",
    "channel": "",
    "number": "",
}
_CPP: Mapping[str, str] = {
    "string": (
        "append assign at back begin c_str capacity cbegin cend clear compare copy data empty end erase find find_first_not_of find_first_of "
        "find_last_not_of find_last_of front insert length max_size pop_back push_back rbegin rend replace reserve resize rfind "
        "shrink_to_fit size substr swap"
    ),
    "vec": (
        "assign at back begin capacity cbegin cend clear crbegin crend data emplace emplace_back empty end erase front insert max_size "
        "pop_back push_back rbegin rend reserve resize shrink_to_fit size swap"
    ),
    "map": (
        "at begin cbegin cend clear contains count emplace empty end equal_range erase extract find insert insert_or_assign lower_bound "
        "merge size swap try_emplace upper_bound"
    ),
    "set": "begin cbegin cend clear contains count emplace empty end equal_range erase find insert lower_bound merge size swap upper_bound",
    "pair": "first second",
    "optional": "emplace has_value reset swap value value_or",
}
_C: Mapping[str, str] = {"array": "", "number": ""}

MEMBERS: Mapping[str, Mapping[str, str]] = {
    "typescript": _SCRIPT, "tsx": _SCRIPT, "javascript": _SCRIPT, "rust": _RUST, "java": _JAVA, "go": _GO, "cpp": _CPP, "c": _C,
}  # fmt: skip
"""Language -> own type, in small letters for objects and as it is called for what the type itself has -> members."""

_TYPES_JS = {
    "string": "string", "String": "string", "number": "number", "Number": "number", "bigint": "number", "boolean": "boolean",
    "Array": "array", "ReadonlyArray": "array", "Promise": "promise", "PromiseLike": "promise", "Map": "map", "ReadonlyMap": "map",
    "WeakMap": "map", "Set": "set", "ReadonlySet": "set", "WeakSet": "set", "RegExp": "regexp", "Date": "date", "Error": "error",
    "TypeError": "error", "RangeError": "error", "SyntaxError": "error", "Function": "function",
}  # fmt: skip
_TYPES: Mapping[str, Mapping[str, str]] = {
    "rust": {
        "String": "string", "str": "str", "Vec": "vec", "Option": "option", "Result": "result", "HashMap": "map", "BTreeMap": "map",
        "HashSet": "set", "BTreeSet": "set", "Iterator": "iterator", "IntoIterator": "iterator", "DoubleEndedIterator": "iterator",
    },
    "java": {
        "String": "string", "List": "list", "ArrayList": "list", "LinkedList": "list", "Set": "set", "HashSet": "set", "TreeSet": "set",
        "LinkedHashSet": "set", "Collection": "set", "Map": "map", "HashMap": "map", "TreeMap": "map", "LinkedHashMap": "map",
        "Optional": "optional", "StringBuilder": "builder", "StringBuffer": "builder", "Exception": "exception",
        "RuntimeException": "exception", "Throwable": "exception", "IOException": "exception", "Error": "exception", "Object": "object",
        "IllegalArgumentException": "exception", "IllegalStateException": "exception", "Thread": "",
    },
    "go": {
        "error": "error", "string": "string", "int": "number", "int64": "number", "int32": "number", "uint": "number", "bool": "number",
        "byte": "number", "rune": "number", "float64": "number",
    },
    "cpp": {
        "std.string": "string", "string": "string", "std.vector": "vec", "std.deque": "vec", "std.list": "vec", "std.map": "map",
        "std.unordered_map": "map", "std.set": "set", "std.unordered_set": "set", "std.pair": "pair", "std.optional": "optional",
    },
    "c": {},
}  # fmt: skip
_WRAPPED: Mapping[str, frozenset[str]] = {
    "rust": frozenset({"Box", "Rc", "Arc", "Ref", "RefMut", "MutexGuard", "Cow", "Pin"}),
    "cpp": frozenset({"std.unique_ptr", "std.shared_ptr", "unique_ptr", "shared_ptr"}),
}  # types whose objects stand for one of their argument
PLAIN_TRAITS = frozenset(
    [
        "AsMut",
        "AsRef",
        "Borrow",
        "Clone",
        "Copy",
        "Debug",
        "Default",
        "Display",
        "Drop",
        "Eq",
        "Error",
        "From",
        "FromIterator",
        "FromStr",
        "Hash",
        "Into",
        "Ord",
        "PartialEq",
        "PartialOrd",
        "Send",
        "Sync",
        "ToString",
        "TryFrom",
        "TryInto",
        "Unpin",
    ]
)
"""Traits of Rust whose methods every object is taken to have, or an implementation writes out."""
ATTRIBUTES = frozenset(
    [
        "length",
        "size",
        "name",
        "message",
        "stack",
        "cause",
        "source",
        "flags",
        "global",
        "ignoreCase",
        "multiline",
        "sticky",
        "unicode",
        "dotAll",
        "lastIndex",
        "prototype",
        "out",
        "err",
        "in",
        "first",
        "second",
        "constructor",
    ]
)
"""Members of own types that are no methods."""
ELEMENTS: Mapping[str, str] = {
    "array": "first", "vec": "first", "list": "first", "set": "first", "iterator": "first", "option": "first", "result": "first",
    "promise": "first", "optional": "first",
}  # fmt: skip


def native(language: str, name: str) -> str | None:
    """The own type of `language` that a type written `name` (dotted) is; None where it is none that is known."""
    types = _TYPES.get(language, _TYPES_JS if language in ("typescript", "tsx", "javascript") else {})
    return types.get(name, types.get(name.rpartition(".")[2]) if language in ("rust", "java") else None)


def is_wrapped(language: str, name: str) -> bool:
    """Whether an object of a type written so stands for one of its argument (``Box<T>``)."""
    wrapped = _WRAPPED.get(language, frozenset())
    return name in wrapped or (language == "rust" and name.rpartition(".")[2] in wrapped)


_GLOBALS_JS = (
    "AbortController AbortSignal Array ArrayBuffer BigInt Boolean Buffer DataView Date Error Function Infinity Intl Iterator JSON Map Math "
    "NaN Number Object Promise Proxy RangeError ReferenceError Reflect RegExp Set String Symbol SyntaxError TextDecoder TextEncoder "
    "TypeError URL URLSearchParams Uint8Array WeakMap WeakSet clearInterval clearTimeout console decodeURIComponent encodeURIComponent "
    "fetch globalThis isFinite isNaN parseFloat parseInt process queueMicrotask require setInterval setTimeout structuredClone undefined"
)
GLOBALS: Mapping[str, frozenset[str]] = {
    language: frozenset(names.split())
    for language, names in {
        "javascript": f"{_GLOBALS_JS} __dirname __filename exports module window document",
        "typescript": (
            f"{_GLOBALS_JS} Awaited Exclude Extract InstanceType NonNullable Omit Parameters Partial Pick PromiseLike Readonly ReadonlyArray "
            "Record Required ReturnType Iterable IterableIterator window document"
        ),
        "go": (
            "any append cap clear close comparable complex copy delete error false float32 int16 int32 int8 len make max min new nil panic "
            "print println recover rune true uint16 uint32 uint64 uint8 uintptr byte"
        ),
        "rust": (
            "Box Clone Copy Debug Default Drop Eq Err Fn FnMut FnOnce From Hash Into Iterator IntoIterator None Ok Option Ord PartialEq "
            "PartialOrd Result Self Send Sized Some String Sync ToOwned ToString TryFrom TryInto Vec assert assert_eq assert_ne bool char dbg "
            "debug_assert drop eprintln format i16 i8 isize matches panic print println str todo u128 u16 i128 unimplemented unreachable "
            "usize vec write writeln"
        ),
        "java": (
            "ArithmeticException AutoCloseable Boolean Byte CharSequence Character Class ClassCastException Comparable Deprecated Double Enum "
            "Error Exception Float FunctionalInterface IllegalArgumentException IllegalStateException IndexOutOfBoundsException Integer "
            "Iterable Long Math NullPointerException Number NumberFormatException Object Override Runnable RuntimeException SafeVarargs Short "
            "String StringBuilder SuppressWarnings System Thread Throwable UnsupportedOperationException Void"
        ),
        "c": "FILE NULL int16_t int32_t int64_t int8_t ptrdiff_t size_t ssize_t uint16_t uint32_t uint64_t uint8_t uintptr_t",
        "cpp": "FILE NULL int16_t int32_t int64_t int8_t ptrdiff_t size_t ssize_t std uint16_t uint32_t uint64_t uint8_t uintptr_t",
    }.items()
}
GLOBALS = {**GLOBALS, "tsx": GLOBALS["typescript"]}
"""Language -> names that may be written anywhere without an import."""
