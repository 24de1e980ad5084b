; What C++ adds to C.
(class_specifier name: (_) @name body: (_)) @definition.class
(namespace_definition name: (_) @name) @definition.namespace
(alias_declaration name: (_) @name) @definition.type
(concept_definition name: (_) @name) @definition.type
(declaration_list (declaration declarator: (_) @name.declarator) @definition.variable)
(template_declaration (declaration declarator: (_) @name.declarator) @definition.variable)

; Macros of test frameworks look like functions whose parameters are the names.
(function_definition
  declarator: (function_declarator
    declarator: (identifier) @_test
    parameters: (parameter_list
      . (parameter_declaration type: (_) @owner) . (parameter_declaration type: (_) @name)))
  (#match? @_test "^(TYPED_|FRIEND_)?TEST(_[FP])?$")) @definition.test

; What looks like a function within one is a macro with a block (CATCH (…) { }).
(compound_statement (function_definition !type) @undefined)

(template_declaration) @wrapper

(class_specifier name: (_) @of (base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base))
(struct_specifier name: (_) @of (base_class_clause [(type_identifier) (qualified_identifier) (template_type)] @base))
