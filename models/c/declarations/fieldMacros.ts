import type { MacroDefinition } from '../syntax/ast.js';

function macro(name: string, parameters: readonly string[], body: string): [string, MacroDefinition] {
  return [name, { name, parameters, body, file: '', line: 0 }];
}

/**
 * Macros that declare a member of a struct, as the member they come to: include/linux/types.h, include/uapi/linux/stddef.h and
 * include/linux/stddef.h lie deeper than headers are read, and pad for the sake of C++.
 */
export const fieldMacros: ReadonlyMap<string, MacroDefinition> = new Map([
  macro('DECLARE_BITMAP', ['name', 'bits'], 'unsigned long name[((bits) + 63) / 64];'),
  macro('DECLARE_FLEX_ARRAY', ['type', 'name'], 'type name[];'),
  macro('__DECLARE_FLEX_ARRAY', ['type', 'name'], 'type name[];'),
]);
