"""What is looked for in a Python syntax tree, as one tree-sitter query (data)."""

# @typed may hold quoted types; @text holds no names; @other looks like a name and is none. Names that statements bind where they stand are found from the statements.
PYTHON_QUERY = """
(class_definition) @class
(function_definition) @function
(decorated_definition) @decorated
(import_statement) @import
(import_from_statement) @from
(future_import_statement) @from
(call function: (_) @callee)
(assignment) @assignment
(augmented_assignment left: (identifier)) @augmented
(ERROR) @error
(MISSING) @error

(type [(string) (binary_operator) (subscript) (list) (tuple) (parenthesized_expression)] @typed)
(assignment type: (_) right: (string) @typed)
(class_definition superclasses: (argument_list (subscript) @typed))

(string_content) @text
(comment) @text
(format_specifier) @text

(keyword_argument name: (identifier) @other)
(match_statement "match" @other)
(case_clause "case" @other)
(type_alias_statement "type" @other)

(block) @block
(for_statement) @for
(for_in_clause) @clause
(as_pattern) @as
(named_expression) @named
(lambda) @lambda
(return_statement) @return
(yield) @yield
(match_statement) @match
(global_statement) @global
(nonlocal_statement) @nonlocal
"""
