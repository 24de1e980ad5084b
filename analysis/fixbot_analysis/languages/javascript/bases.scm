; JavaScript alone: what a class extends, and its fields.
(class_declaration name: (_) @of (class_heritage (_) @base))
(class name: (_) @of (class_heritage (_) @base))
(field_definition property: (_) @name) @definition.field
