(new_expression type: (_) @call)
(qualified_identifier) @reference
