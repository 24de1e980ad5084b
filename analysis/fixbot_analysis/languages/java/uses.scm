(method_invocation) @call
(object_creation_expression type: (_) @call)
[(identifier) (type_identifier) (field_access) (scoped_type_identifier)] @reference
[(line_comment) (block_comment)] @comment
