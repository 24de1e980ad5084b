; What TypeScript adds to JavaScript.
(abstract_class_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(type_alias_declaration name: (_) @name) @definition.type
(enum_declaration name: (_) @name) @definition.enum
(enum_body name: [(property_identifier) (string)] @name @definition.member)
(enum_assignment name: (_) @name) @definition.member
(internal_module name: (_) @name) @definition.namespace
(module name: (identifier) @name) @definition.namespace
(function_signature name: (_) @name) @definition.function
(interface_body (method_signature name: (_) @name) @definition.method)
(class_body (method_signature name: (_) @name) @definition.method)
(type_alias_declaration value: (object_type (method_signature name: (_) @name) @definition.method))
(type_alias_declaration value: (intersection_type (object_type (method_signature name: (_) @name) @definition.method)))
(abstract_method_signature name: (_) @name) @definition.method
(interface_body (property_signature name: (_) @name) @definition.field)
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @definition.field))
(type_alias_declaration value: (intersection_type (object_type (property_signature name: (_) @name) @definition.field)))
(public_field_definition name: (_) @name) @definition.field
(required_parameter (accessibility_modifier) pattern: (identifier) @name) @definition.field
(required_parameter "readonly" pattern: (identifier) @name) @definition.field
(internal_module body: (statement_block [
  (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
  (export_statement declaration: (lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable))]))
(ambient_declaration
  [(lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
   (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)])

(class_declaration name: (_) @of (class_heritage (extends_clause value: (_) @base)))
(class_declaration name: (_) @of (class_heritage (implements_clause (_) @base)))
(abstract_class_declaration name: (_) @of (class_heritage (extends_clause value: (_) @base)))
(abstract_class_declaration name: (_) @of (class_heritage (implements_clause (_) @base)))
(class name: (_) @of (class_heritage (extends_clause value: (_) @base)))
(interface_declaration name: (_) @of (extends_type_clause type: (_) @base))

(ambient_declaration) @wrapper

(required_parameter pattern: (identifier) @bound type: (type_annotation (_) @bound.type))
(optional_parameter pattern: (identifier) @bound type: (type_annotation (_) @bound.type))
(variable_declarator name: (identifier) @bound type: (type_annotation (_) @bound.type))
(public_field_definition name: (property_identifier) @bound.member type: (type_annotation (_) @bound.type))
(public_field_definition name: (property_identifier) @bound.member value: (_) @bound.value)
