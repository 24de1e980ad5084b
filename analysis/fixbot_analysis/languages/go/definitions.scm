(function_declaration name: (_) @name) @definition.function
(method_declaration
  receiver: (parameter_list (parameter_declaration type: (_) @owner))
  name: (_) @name) @definition.method
(type_spec name: (_) @name type: (struct_type)) @definition.struct
(type_spec name: (_) @name type: (interface_type)) @definition.interface
(type_spec name: (_) @name) @definition.type
(type_alias name: (_) @name) @definition.type
(field_declaration name: (_) @name) @definition.field
(method_elem name: (_) @name) @definition.method
(source_file (const_declaration (const_spec name: (identifier) @name) @definition.constant))
(source_file (var_declaration (var_spec name: (identifier) @name) @definition.variable))
(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.variable)))
(source_file (var_declaration (var_spec
  . name: (identifier) @name . value: (expression_list . (func_literal) .)) @definition.function))

[(type_declaration) (const_declaration) (var_declaration)] @wrapper

(type_spec name: (_) @of type: (struct_type (field_declaration_list (field_declaration !name type: (_) @base))))
(type_spec name: (_) @of type: (interface_type (type_elem . (type_identifier) @base .)))
(type_spec name: (_) @of type: (interface_type (type_elem . (qualified_type) @base .)))
(type_spec name: (_) @of type: (interface_type (type_elem . (generic_type type: (_) @base) .)))
(interface_type (type_elem (negated_type)) @mark)
(interface_type (type_elem (_) . (_)) @mark)

(import_spec name: (_)? @import.alias path: (_ (_) @import.source))

(method_declaration receiver: (parameter_list (parameter_declaration name: (identifier) @bound type: (_) @bound.type)))
(parameter_declaration name: (identifier) @bound type: (_) @bound.type)
(variadic_parameter_declaration name: (identifier) @bound type: (_) @bound.type)
(var_spec name: (identifier) @bound type: (_) @bound.type)
(short_var_declaration left: (expression_list . (identifier) @bound) right: (expression_list . (_) @bound.value))
(field_declaration name: (field_identifier) @bound.member type: (_) @bound.type)
