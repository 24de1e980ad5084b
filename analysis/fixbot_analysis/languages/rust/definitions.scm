(struct_item name: (_) @name) @definition.struct
(enum_item name: (_) @name) @definition.enum
(union_item name: (_) @name) @definition.union
(trait_item name: (_) @name) @definition.interface
(type_item name: (_) @name) @definition.type
(associated_type name: (_) @name) @definition.type
(mod_item name: (_) @name) @definition.namespace
(function_item name: (_) @name) @definition.function
(function_signature_item name: (_) @name) @definition.function
(const_item name: (_) @name) @definition.constant
(static_item name: (_) @name) @definition.constant
(macro_definition name: (_) @name) @definition.macro
(field_declaration name: (_) @name) @definition.field
(enum_variant name: (_) @name) @definition.member

(impl_item type: (_) @name) @scope
(impl_item trait: (_) @base type: (_) @scope.base)
(trait_item name: (_) @of bounds: (trait_bounds (_) @base))

(attribute_item (attribute) @mark) @mark.node

(use_declaration argument: (_) @import.path)
(mod_item name: (_) @import.module !body)

(parameter pattern: (identifier) @bound type: (_) @bound.type)
(let_declaration pattern: (identifier) @bound type: (_) @bound.type)
(let_declaration pattern: (identifier) @bound value: (_) @bound.value)
(field_declaration name: (field_identifier) @bound.member type: (_) @bound.type)
