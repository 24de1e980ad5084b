(call_expression function: (_) @call)
[(identifier) (type_identifier) (field_expression)] @reference
(comment) @comment
