; Definitions that JavaScript and TypeScript share.
(class_declaration name: (_) @name) @definition.class
(class name: (_) @name) @definition.class
(function_declaration name: (_) @name) @definition.function
(generator_function_declaration name: (_) @name) @definition.function
(method_definition name: (_) @name) @definition.method

(function_expression name: (_) @name) @definition.function
(generator_function name: (_) @name) @definition.function

; A function that is given a name by what it is assigned to.
(variable_declarator
  name: (identifier) @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(variable_declarator name: (identifier) @name value: (class)) @definition.class
(assignment_expression
  left: (identifier) @name
  right: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(assignment_expression
  left: (member_expression object: (_) @owner property: (_) @name)
  right: [(arrow_function) (function_expression) (generator_function)]) @definition.function
(assignment_expression
  left: (member_expression object: (_) @owner property: (_) @name)
  right: (class)) @definition.class
(pair
  key: [(property_identifier) (string)] @name
  value: [(arrow_function) (function_expression) (generator_function)]) @definition.method

; Names at the top of a file, exported or not, taken apart or not.
(program [(lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
          (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)])
(program (export_statement
  declaration: [(lexical_declaration (variable_declarator name: (identifier) @name) @definition.variable)
                (variable_declaration (variable_declarator name: (identifier) @name) @definition.variable)]))
(program [(lexical_declaration (variable_declarator name: (object_pattern [
             (shorthand_property_identifier_pattern) @name
             (pair_pattern value: (identifier) @name)
             (object_assignment_pattern left: (shorthand_property_identifier_pattern) @name)])) @definition.variable)
          (lexical_declaration (variable_declarator name: (array_pattern (identifier) @name)) @definition.variable)])
(program (export_statement declaration: (lexical_declaration (variable_declarator name: (object_pattern [
             (shorthand_property_identifier_pattern) @name
             (pair_pattern value: (identifier) @name)])) @definition.variable)))

; Tests are calls that are handed a text and a function.
(call_expression
  function: [(identifier) @_test (member_expression object: (identifier) @_test)]
  arguments: (arguments . (string (string_fragment) @name) [(arrow_function) (function_expression)])
  (#any-of? @_test "describe" "context" "suite" "it" "test" "specify" "bench")) @definition.test

[(lexical_declaration) (variable_declaration) (export_statement)] @wrapper

; Imports
(import_statement (import_clause (identifier) @import.default) source: (string (string_fragment) @import.source))
(import_statement
  (import_clause (named_imports (import_specifier name: (_) @import.name alias: (_)? @import.alias)))
  source: (string (string_fragment) @import.source))
(import_statement
  (import_clause (namespace_import (identifier) @import.alias))
  source: (string (string_fragment) @import.source))
(import_statement . source: (string (string_fragment) @import.source))
(export_statement "*" @import.star . source: (string (string_fragment) @import.source))
(export_statement (namespace_export (_) @import.alias) source: (string (string_fragment) @import.source))
(export_statement
  (export_clause (export_specifier name: (_) @import.name alias: (_)? @import.alias))
  source: (string (string_fragment) @import.source))
(variable_declarator
  name: (identifier) @import.alias
  value: (call_expression
    function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import.source) .))
  (#eq? @_require "require"))
(variable_declarator
  name: (identifier) @import.alias
  value: (member_expression
    object: (call_expression
      function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import.source) .))
    property: (property_identifier) @import.name)
  (#eq? @_require "require"))
(variable_declarator
  name: (object_pattern [(shorthand_property_identifier_pattern) @import.name
                         (pair_pattern key: (_) @import.name value: (identifier) @import.alias)])
  value: (call_expression
    function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import.source) .))
  (#eq? @_require "require"))
(call_expression
  function: [(identifier) @_require (import) @_import]
  arguments: (arguments . (string (string_fragment) @import.source) .)
  (#eq? @_require "require")) @import.plain

; What a variable holds
(variable_declarator name: (identifier) @bound value: (_) @bound.value)

; What a module is as a whole
(assignment_expression
  left: (member_expression) @bound
  right: [(identifier) (member_expression) (new_expression) (call_expression)] @bound.value
  (#eq? @bound "module.exports"))
(assignment_expression
  left: (member_expression) @_exported
  right: (call_expression
    function: (identifier) @_require arguments: (arguments . (string (string_fragment) @import.source) .)) @import.star
  (#eq? @_exported "module.exports") (#eq? @_require "require"))
