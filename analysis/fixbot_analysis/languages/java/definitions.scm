(class_declaration name: (_) @name) @definition.class
(record_declaration name: (_) @name) @definition.class
(interface_declaration name: (_) @name) @definition.interface
(annotation_type_declaration name: (_) @name) @definition.interface
(enum_declaration name: (_) @name) @definition.enum
(method_declaration name: (_) @name) @definition.method
(constructor_declaration name: (_) @name) @definition.method
(compact_constructor_declaration name: (_) @name) @definition.method
(annotation_type_element_declaration name: (_) @name) @definition.method
(field_declaration declarator: (variable_declarator name: (_) @name)) @definition.field
(constant_declaration declarator: (variable_declarator name: (_) @name)) @definition.field
(enum_constant name: (_) @name) @definition.member

(class_declaration name: (_) @of superclass: (superclass (_) @base))
(class_declaration name: (_) @of interfaces: (super_interfaces (type_list (_) @base)))
(record_declaration name: (_) @of interfaces: (super_interfaces (type_list (_) @base)))
(enum_declaration name: (_) @of interfaces: (super_interfaces (type_list (_) @base)))
(interface_declaration name: (_) @of (extends_interfaces (type_list (_) @base)))

(modifiers [(annotation) (marker_annotation)] @mark)

(import_declaration [(scoped_identifier) (identifier)] @import.path . (asterisk)? @import.star)

(formal_parameter type: (_) @bound.type name: (identifier) @bound)
(local_variable_declaration type: (_) @bound.type declarator: (variable_declarator name: (identifier) @bound))
(local_variable_declaration declarator: (variable_declarator name: (identifier) @bound value: (_) @bound.value))
(field_declaration type: (_) @bound.type declarator: (variable_declarator name: (identifier) @bound.member))
(enhanced_for_statement type: (_) @bound.type name: (identifier) @bound)
(resource type: (_) @bound.type name: (identifier) @bound)
