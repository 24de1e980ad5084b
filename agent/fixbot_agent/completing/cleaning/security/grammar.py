"""What calls, texts and assignments are called in the trees of the languages that are looked at."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Grammar:
    """Types of nodes. `pairs` and `assignments`: type -> the fields of the name and of the value."""

    calls: dict[str, tuple[str, ...]]  # type -> fields that together say what is called
    functions: frozenset[str]
    texts: frozenset[str]  # literals
    holes: frozenset[str]  # code within a literal
    sums: frozenset[str]
    constants: frozenset[str]
    around: frozenset[str]  # nodes that stand for what is in them
    choices: frozenset[str]  # nodes that stand for one of several
    lists: frozenset[str]
    members: dict[str, tuple[str, str]]  # type -> fields of the object and of the member
    items: dict[str, tuple[str, str]]  # type -> fields of the object and of the index
    pairs: dict[str, tuple[str, str]]
    assignments: dict[str, tuple[str, str]]


_PYTHON = Grammar(
    calls={"call": ("function",)},
    functions=frozenset({"function_definition", "lambda"}),
    texts=frozenset({"string", "concatenated_string"}),
    holes=frozenset({"interpolation"}),
    sums=frozenset({"binary_operator"}),
    constants=frozenset({"integer", "float", "true", "false", "none", "comparison_operator", "not_operator", "ellipsis"}),
    around=frozenset({"parenthesized_expression", "await", "expression_statement", "list_splat", "interpolation"}),
    choices=frozenset({"conditional_expression", "boolean_operator"}),
    lists=frozenset({"list", "tuple", "set", "expression_list", "dictionary", "pair", "dictionary_splat"}),
    members={"attribute": ("object", "attribute")},
    items={"subscript": ("value", "subscript")},
    pairs={"keyword_argument": ("name", "value"), "pair": ("key", "value"), "default_parameter": ("name", "value"), "typed_default_parameter": ("name", "value")},
    assignments={"assignment": ("left", "right"), "augmented_assignment": ("left", "right"), "named_expression": ("name", "value"),
                 "for_statement": ("left", "right"), "for_in_clause": ("left", "right"), "as_pattern": ("alias", "")},
)  # fmt: skip
_SCRIPT = Grammar(
    calls={"call_expression": ("function",), "new_expression": ("constructor",)},
    functions=frozenset({"function_declaration", "function_expression", "arrow_function", "method_definition", "generator_function_declaration"}),
    texts=frozenset({"string", "template_string"}),
    holes=frozenset({"template_substitution"}),
    sums=frozenset({"binary_expression"}),
    constants=frozenset({"number", "true", "false", "null", "undefined", "regex", "unary_expression"}),
    around=frozenset({"parenthesized_expression", "await_expression", "template_substitution", "as_expression", "non_null_expression", "spread_element", "jsx_expression", "satisfies_expression"}),
    choices=frozenset({"ternary_expression"}),
    lists=frozenset({"array", "object", "pair"}),
    members={"member_expression": ("object", "property")},
    items={"subscript_expression": ("object", "index")},
    pairs={"pair": ("key", "value")},
    assignments={"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right"), "augmented_assignment_expression": ("left", "right"),
                 "public_field_definition": ("name", "value"), "field_definition": ("property", "value")},
)  # fmt: skip
_GO = Grammar(
    calls={"call_expression": ("function",), "type_conversion_expression": ("type",)},
    functions=frozenset({"function_declaration", "method_declaration", "func_literal"}),
    texts=frozenset({"interpreted_string_literal", "raw_string_literal"}),
    holes=frozenset(),
    sums=frozenset({"binary_expression"}),
    constants=frozenset({"int_literal", "float_literal", "true", "false", "nil", "rune_literal", "iota"}),
    around=frozenset({"parenthesized_expression", "literal_element", "unary_expression", "variadic_argument"}),
    choices=frozenset(),
    lists=frozenset({"composite_literal", "literal_value", "keyed_element", "expression_list"}),
    members={"selector_expression": ("operand", "field")},
    items={"index_expression": ("operand", "index")},
    pairs={"keyed_element": ("key", "value")},
    assignments={"short_var_declaration": ("left", "right"), "assignment_statement": ("left", "right"), "var_spec": ("name", "value"), "const_spec": ("name", "value")},
)  # fmt: skip
_JAVA = Grammar(
    calls={"method_invocation": ("object", "name"), "object_creation_expression": ("type",)},
    functions=frozenset({"method_declaration", "constructor_declaration", "lambda_expression"}),
    texts=frozenset({"string_literal", "text_block"}),
    holes=frozenset(),
    sums=frozenset({"binary_expression"}),
    constants=frozenset({"decimal_integer_literal", "hex_integer_literal", "octal_integer_literal", "decimal_floating_point_literal", "true", "false", "null_literal", "character_literal", "class_literal"}),
    around=frozenset({"parenthesized_expression", "cast_expression"}),
    choices=frozenset({"ternary_expression"}),
    lists=frozenset({"array_initializer", "array_creation_expression"}),
    members={"field_access": ("object", "field")},
    items={"array_access": ("array", "index")},
    pairs={"element_value_pair": ("key", "value")},
    assignments={"variable_declarator": ("name", "value"), "assignment_expression": ("left", "right")},
)  # fmt: skip
_C = Grammar(
    calls={"call_expression": ("function",), "new_expression": ("type",)},
    functions=frozenset({"function_definition", "lambda_expression"}),
    texts=frozenset({"string_literal", "concatenated_string", "raw_string_literal"}),
    holes=frozenset(),
    sums=frozenset({"binary_expression"}),
    constants=frozenset({"number_literal", "char_literal", "true", "false", "null", "sizeof_expression"}),
    around=frozenset({"parenthesized_expression", "cast_expression", "pointer_expression", "unary_expression"}),
    choices=frozenset({"conditional_expression"}),
    lists=frozenset({"initializer_list"}),
    members={"field_expression": ("argument", "field")},
    items={"subscript_expression": ("argument", "index")},
    pairs={"initializer_pair": ("designator", "value")},
    assignments={"init_declarator": ("declarator", "value"), "assignment_expression": ("left", "right")},
)

GRAMMARS = {
    "python": _PYTHON,
    "javascript": _SCRIPT,
    "typescript": _SCRIPT,
    "tsx": _SCRIPT,
    "go": _GO,
    "java": _JAVA,
    "c": _C,
    "cpp": _C,
}
