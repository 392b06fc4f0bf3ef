import type { Item, MacroDefinition, TranslationUnit } from '../syntax/ast.js';
import { expandMacro, parseTranslationUnit, type ParseOptions } from '../syntax/parse.js';
import { indexUnit, type UnitIndex } from './unitIndex.js';
import { variableOfMacro } from './variableMacros.js';

/** A macro that defines things by way of others does so in few steps: `ATTRIBUTE_GROUPS` in two. */
const MAX_DEPTH = 4;

/** They define what only the build looks at. */
const FOR_THE_BUILD = /^(MODULE_|EXPORT_SYMBOL|EXPORT_TRACEPOINT|early_|\w+_initcall)/;

/**
 * What the macros at file scope of a file define: `DEFINE_SHOW_ATTRIBUTE(x);` a function and an ops table, `DEVICE_ATTR_RO(x);` a
 * variable. Everything has the line of the macro's use. Macros without a definition in sight, and those whose replacement cannot be
 * parsed, define nothing.
 */
export function indexMacroItems(
  unit: TranslationUnit,
  macro: (name: string) => MacroDefinition | null,
  options: ParseOptions,
): UnitIndex {
  const expand = (items: readonly Item[], depth: number): readonly Item[] =>
    items.flatMap((item): readonly Item[] => {
      if (item.kind !== 'macroCall' || depth > MAX_DEPTH) return depth === 0 ? [] : [item];
      if (FOR_THE_BUILD.test(item.name) || variableOfMacro(item) !== null) return depth === 0 ? [] : [item];
      const definition = macro(item.name);
      const args = item.args.map(({ text }) => text);
      const text = definition === null ? null : expandMacro(definition, args);
      if (text === null) return [];
      // On the line of the use, so that messages are about a line that the reader finds. The use may have brought the semicolon.
      const line = `${'\n'.repeat(item.line - 1)}${[...item.storage, text].join(' ').replace(/\n/g, ' ')};`;
      return expand(parseTranslationUnit(line, options).items, depth + 1);
    });
  return indexUnit({ ...unit, items: expand(unit.items, 0), macros: new Map() });
}
