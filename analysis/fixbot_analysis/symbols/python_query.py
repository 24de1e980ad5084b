"""What is looked for in a Python syntax tree, as one tree-sitter query (data)."""

# @name is every name and dotted name; @other those that do not refer to a value bound elsewhere;
# @target and @bound are bound where they stand, the first by a plain assignment.
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

(assignment left: (identifier) @target)
(assignment left: (pattern_list (identifier) @target))
(assignment left: (tuple_pattern (identifier) @target))

(parameters (identifier) @other)
(default_parameter name: (identifier) @other)
(typed_parameter . (identifier) @other)
(typed_default_parameter name: (identifier) @other)
(parameters (list_splat_pattern (identifier) @other))
(parameters (dictionary_splat_pattern (identifier) @other))
(typed_parameter (list_splat_pattern (identifier) @other))
(typed_parameter (dictionary_splat_pattern (identifier) @other))

(lambda_parameters (identifier) @bound)
(lambda_parameters (default_parameter name: (identifier) @bound))
(pattern_list (identifier) @bound)
(tuple_pattern (identifier) @bound)
(list_pattern (identifier) @bound)
(list_splat_pattern (identifier) @bound)
(for_statement left: (identifier) @bound)
(for_in_clause left: (identifier) @bound)
(as_pattern_target (identifier) @bound)
(named_expression name: (identifier) @bound)
"""
