import type { KernelTree, PatchedTree } from '../../models/c/intake/tree.js';
import { TreeError } from '../../models/c/intake/treeError.js';
import type { FunctionItem } from '../../models/c/syntax/ast.js';
import type { Configuration } from '../../models/c/syntax/parse.js';
import { parseTranslationUnit } from '../../models/c/syntax/parse.js';

/** A function whose text a patch changes, in the patched file; for a removed one in the tree's. */
export interface FunctionChange {
  readonly name: string;
  readonly file: string;
  readonly change: 'added' | 'changed' | 'removed';
  readonly line: number;
  readonly endLine: number;
}

/** Register descriptions reach 24 MB and define no function. */
const largest = 4 * 1024 * 1024;

/** The functions of C files and headers that a patch adds, changes or removes, by comparing their text. */
export function changedFunctions(
  tree: KernelTree,
  patched: PatchedTree,
  configuration: Configuration,
): readonly FunctionChange[] {
  return [...patched.patched.keys()].filter(isSource).flatMap((path) => {
    const before = functionsOf(tree, path, configuration);
    const after = functionsOf(patched, path, configuration);
    const found: FunctionChange[] = [];
    for (const [name, { item, text }] of after) {
      const old = before.get(name);
      if (old?.text === text) continue;
      found.push({ name, file: path, change: old ? 'changed' : 'added', line: item.line, endLine: item.endLine });
    }
    for (const [name, { item }] of before) {
      if (after.has(name)) continue;
      found.push({ name, file: path, change: 'removed', line: item.line, endLine: item.endLine });
    }
    return found;
  });
}

/** Whether a path is C that programs come from. */
export function isSource(path: string): boolean {
  return /\.[ch]$/.test(path);
}

function functionsOf(
  tree: KernelTree,
  path: string,
  configuration: Configuration,
): Map<string, { readonly item: FunctionItem; readonly text: string }> {
  const functions = new Map<string, { item: FunctionItem; text: string }>();
  const text = textOf(tree, path);
  if (text === null || text.length > largest) return functions;
  const lines = text.split('\n');
  for (const item of parseTranslationUnit(text, { file: path, configuration }).items) {
    if (item.kind !== 'function') continue;
    functions.set(item.name, { item, text: lines.slice(item.line - 1, item.endLine).join('\n') });
  }
  return functions;
}

function textOf(tree: KernelTree, path: string): string | null {
  try {
    return tree.read(path);
  } catch (error) {
    if (error instanceof TreeError) return null;
    throw error;
  }
}
