(call_expression function: (_) @call)
(new_expression constructor: (_) @call)
[(identifier) (member_expression) (shorthand_property_identifier)] @reference
(comment) @comment
