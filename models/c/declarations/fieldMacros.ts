import type { MacroDefinition } from '../syntax/ast.js';

function macro(name: string, parameters: readonly string[], body: string): [string, MacroDefinition] {
  return [name, { name, parameters, body, file: '', line: 0 }];
}

/**
 * Macros that declare members of a struct, as the members they come to: include/linux/types.h, include/uapi/linux/stddef.h and
 * include/linux/stddef.h lie deeper than headers are read, and pad for the sake of C++.
 */
export const fieldMacros: ReadonlyMap<string, MacroDefinition> = new Map([
  macro('DECLARE_BITMAP', ['name', 'bits'], 'unsigned long name[((bits) + 63) / 64];'),
  macro('DECLARE_FLEX_ARRAY', ['type', 'name'], 'type name[];'),
  macro('__DECLARE_FLEX_ARRAY', ['type', 'name'], 'type name[];'),
  macro('struct_group', ['name', 'members...'], 'union { struct { members }; struct { members } name; };'),
  macro(
    'struct_group_attr',
    ['name', 'attributes', 'members...'],
    'union { struct { members } attributes; struct { members } attributes name; };',
  ),
  macro(
    'struct_group_tagged',
    ['tag', 'name', 'members...'],
    'union { struct { members }; struct tag { members } name; };',
  ),
  macro(
    '__struct_group',
    ['tag', 'name', 'attributes', 'members...'],
    'union { struct { members } attributes; struct tag { members } attributes name; };',
  ),
]);
