"""What is looked for in a Python syntax tree, as one tree-sitter query (data)."""

# @name is every name and dotted name; @other those that do not refer to a value bound elsewhere. Names that statements bind
# where they stand are found from the statements.
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
[(identifier) (attribute)] @name

(class_definition name: (identifier) @other)
(function_definition name: (identifier) @other)
(keyword_argument name: (identifier) @other)
(attribute attribute: (identifier) @other)
(dotted_name (identifier) @other)
(aliased_import alias: (identifier) @other)

(parameters (identifier) @other)
(default_parameter name: (identifier) @other)
(typed_parameter . (identifier) @other)
(typed_default_parameter name: (identifier) @other)
(parameters (list_splat_pattern (identifier) @other))
(parameters (dictionary_splat_pattern (identifier) @other))
(typed_parameter (list_splat_pattern (identifier) @other))
(typed_parameter (dictionary_splat_pattern (identifier) @other))

(block) @block
(for_statement) @for
(for_in_clause) @clause
(as_pattern) @as
(named_expression) @named
(lambda) @lambda
(return_statement) @return
(yield) @yield
(global_statement) @global
(nonlocal_statement) @nonlocal
"""
