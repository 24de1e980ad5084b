; Definitions that C and C++ share. A name may stand at the end of a chain of declarators: *name[3], (*name)(int).
(function_definition declarator: (_) @name.declarator) @definition.function
(struct_specifier name: (_) @name body: (_)) @definition.struct
(union_specifier name: (_) @name body: (_)) @definition.union
(enum_specifier name: (_) @name body: (_)) @definition.enum
(enumerator name: (_) @name) @definition.member
(field_declaration declarator: (_) @name.declarator) @definition.field
(type_definition declarator: (_) @name.declarator) @definition.type
(preproc_def name: (_) @name) @definition.constant
(preproc_function_def name: (_) @name) @definition.macro

; Variables outside functions. Conditionals never stand around them: they are taken out before the parse.
(translation_unit (declaration declarator: (_) @name.declarator) @definition.variable)
(linkage_specification body: (declaration_list (declaration declarator: (_) @name.declarator) @definition.variable))

;  Said to be elsewhere
(declaration (storage_class_specifier) @_extern (#eq? @_extern "extern")) @undefined

(preproc_include path: (string_literal (string_content) @import.source @import.near))
(preproc_include path: (system_lib_string) @import.source)

(parameter_declaration type: (_) @bound.type declarator: (_) @bound.declarator)
(declaration type: (_) @bound.type declarator: (_) @bound.declarator)
(field_declaration type: (_) @bound.type declarator: (_) @bound.member.declarator)
