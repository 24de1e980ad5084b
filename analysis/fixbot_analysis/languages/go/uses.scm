(call_expression function: (_) @call)
(composite_literal type: (_) @call)
[(identifier) (type_identifier) (selector_expression) (qualified_type)] @reference
(comment) @comment
