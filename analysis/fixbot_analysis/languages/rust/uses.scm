(call_expression function: (_) @call)
(macro_invocation macro: (_) @call)
(struct_expression name: (_) @call)
[(identifier) (type_identifier) (scoped_identifier) (scoped_type_identifier) (field_expression)] @reference
[(line_comment) (block_comment)] @comment

; What a macro is handed are tokens, not expressions.
(token_tree (identifier) @call.tokens . (token_tree . "("))
