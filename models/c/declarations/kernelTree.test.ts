import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { DeclarationItem, Expression, FunctionItem, MacroArgument } from '../syntax/ast.js';
import { defaultConfiguration } from '../syntax/configuration.js';
import { parseTranslationUnit } from '../syntax/parse.js';
import { describeWith, tree61, tree612 } from '../testing/inputs.js';
import type { Declarations } from './declarations.js';
import { HeaderCache } from './headerCache.js';
import { openDeclarations } from './openDeclarations.js';
import type { SemanticType } from './semanticType.js';
import { treeAt } from './testing/fixture.js';
import { typeOfExpression } from './typeOfExpression.js';

/** Every node of a tree, whatever kind of node it is. */
function* nodesOf(tree: unknown): Generator<{ readonly kind: string }> {
  if (Array.isArray(tree)) {
    for (const element of tree) yield* nodesOf(element);
  } else if (typeof tree === 'object' && tree !== null) {
    if ('kind' in tree && typeof tree.kind === 'string') yield tree as { readonly kind: string };
    for (const value of Object.values(tree)) yield* nodesOf(value);
  }
}

interface Usage {
  fields: number;
  constants: number;
  readonly unresolved: string[];
}

/** Looks up everything a function uses: the type of each member access, each name that is no local, each callee. */
function lookUpAll(item: FunctionItem, declarations: Declarations, usage: Usage): void {
  const locals = new Map<string, SemanticType>();
  for (const { name, type } of item.type.parameters) if (name !== null) locals.set(name, declarations.resolve(type));
  for (const node of nodesOf(item.body)) {
    if (node.kind !== 'declaration' || !('names' in node)) continue;
    for (const { name, type } of (node as DeclarationItem).names) locals.set(name, declarations.resolve(type));
  }
  const local = (name: string): SemanticType | null => locals.get(name) ?? null;
  const typing = {
    resolve: (type: Parameters<Declarations['resolve']>[0]) => declarations.resolve(type),
    record: (tag: string) => declarations.record(tag),
    variable: (name: string) => local(name) ?? declarations.variable(name)?.type ?? declarations.functionType(name),
    constant: (expression: Expression) => declarations.evaluate(expression, local)?.type ?? null,
  };
  const note = (what: string): void => void usage.unresolved.push(`${item.name}: ${what}`);

  const names = new Set<unknown>();
  for (const node of nodesOf(item.body)) {
    const expression = node as Expression;
    if (expression.kind === 'call' && expression.callee.kind === 'name') {
      names.add(expression.callee);
      // Names of members, which `container_of` and its relatives take as arguments.
      const { name } = expression.callee;
      if (/^container_of$|_entry(_or_null|_safe)?$|^offsetof$/.test(name)) expression.args.slice(1).forEach(addName);
    } else if (node.kind === 'macroLoop' && 'args' in node) {
      (node.args as readonly MacroArgument[]).forEach(addName);
    } else if (expression.kind === 'member') {
      usage.fields += 1;
      const type = typeOfExpression(expression, typing);
      if (type === null || type.kind === 'unknown') note(`.${expression.field}`);
    } else if (expression.kind === 'name' && 'line' in expression) {
      const { name } = expression;
      // NULL is a pointer, and a name that is a type stands in a macro's argument.
      if (names.has(expression) || locals.has(name) || name === 'NULL' || declarations.isTypeName(name)) continue;
      if (declarations.variable(name) ?? declarations.functionType(name)) continue;
      usage.constants += 1;
      if (declarations.constant(name) === null) note(name);
    }
  }
  function addName(argument: MacroArgument): void {
    if (argument.kind === 'expression' && argument.value.kind === 'name') names.add(argument.value);
  }
}

function lookUpDirectory(root: string, directory: string): Usage {
  const configuration = defaultConfiguration();
  const tree = treeAt(root);
  const cache = new HeaderCache(tree, configuration);
  const usage: Usage = { fields: 0, constants: 0, unresolved: [] };
  for (const name of readdirSync(join(root, directory)).filter((file) => file.endsWith('.c'))) {
    const file = `${directory}/${name}`;
    const unit = parseTranslationUnit(tree.read(file)!, { file, configuration });
    const declarations = openDeclarations(tree, file, unit, { configuration, cache });
    for (const item of unit.items) if (item.kind === 'function') lookUpAll(item, declarations, usage);
  }
  return usage;
}

describeWith({ INTERLEAF_TREE_6_12: tree612 }, 'what drivers/tee of v6.12 uses is declared', () => {
  test('in drivers/tee', () => {
    const { unresolved, ...counts } = lookUpDirectory(tree612!, 'drivers/tee');
    console.log(counts, [...new Set(unresolved)]);
  }, 60_000);
  test('in drivers/tee/optee', () => {
    const { unresolved, ...counts } = lookUpDirectory(tree612!, 'drivers/tee/optee');
    console.log(counts, [...new Set(unresolved)]);
  }, 60_000);
  test('in drivers/dma-buf', () => {
    const { unresolved, ...counts } = lookUpDirectory(tree612!, 'drivers/dma-buf');
    console.log(counts, [...new Set(unresolved)]);
  }, 60_000);
});
describeWith({ INTERLEAF_TREE_6_1: tree61 }, 'what drivers/tee of v6.1 uses is declared', () => {
  test('in drivers/tee', () => {
    const { unresolved, ...counts } = lookUpDirectory(tree61!, 'drivers/tee');
    console.log(counts, [...new Set(unresolved)]);
  }, 60_000);
});
