import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { DeclarationItem, Expression, FunctionItem, MacroArgument } from '../syntax/ast.js';
import { applyPatches } from '../intake/applyPatches.js';
import { openDirectoryTree } from '../intake/directoryTree.js';
import { readPatches } from '../intake/readPatches.js';
import type { KernelTree } from '../intake/tree.js';
import { defaultConfiguration } from '../syntax/configuration.js';
import { parseTranslationUnit } from '../syntax/parse.js';
import { describeWith, seedPatch, tree61, tree612 } from '../testing/inputs.js';
import type { Declarations } from './declarations.js';
import { HeaderCache } from './headerCache.js';
import { openDeclarations } from './openDeclarations.js';
import type { SemanticType } from './semanticType.js';
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
      // An option, and not its value.
      if (/^IS_(ENABLED|REACHABLE|BUILTIN|MODULE)$/.test(name)) expression.args.forEach(addName);
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

function lookUpDirectory(tree: KernelTree, directory: string): Usage {
  const configuration = defaultConfiguration();
  const cache = new HeaderCache(tree, configuration);
  const usage: Usage = { fields: 0, constants: 0, unresolved: [] };
  for (const name of tree.list(directory).filter((file) => file.endsWith('.c'))) {
    const file = `${directory}/${name}`;
    const unit = parseTranslationUnit(tree.read(file)!, { file, configuration });
    const declarations = openDeclarations(tree, file, unit, { configuration, cache });
    for (const item of unit.items) if (item.kind === 'function') lookUpAll(item, declarations, usage);
  }
  return usage;
}

/** By reason; the names are all that is left over in drivers/tee/*.c and drivers/tee/optee/*.c. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  'a compound literal or a pointer, which is no integer constant': ['INVALID_GID', 'THIS_MODULE', 'INVALID_REQ_PTR'],
  'a string': ['OPTEE_FW_IMAGE', '__func__'],
  'a member of what a macro gives (container_of, current, per-CPU variables), which the lifter has to type': [
    '.val',
    '.id_table',
    '.uuid',
    '.id',
    '.mm',
    '.optee',
  ],
  'a variable of the architecture or the scheduler': ['current', 'nr_cpu_ids'],
  'a variable that a macro declares in a block': ['vmi'],
  'of the ARM architecture': ['PTE_ATTRINDX_MASK', 'MT_NORMAL', 'MT_NORMAL_TAGGED'],
};
const allowedNames = new Set(Object.values(allowed).flat());

function unexpected({ unresolved }: Usage): readonly string[] {
  return unresolved.filter((entry) => !allowedNames.has(entry.slice(entry.indexOf(': ') + 2)));
}

describeWith({ INTERLEAF_TREE_6_12: tree612 }, 'what drivers/tee of v6.12 uses is declared', () => {
  test('drivers/tee', () => {
    const usage = lookUpDirectory(openDirectoryTree(tree612!), 'drivers/tee');
    expect(unexpected(usage)).toEqual([]);
    expect(usage.unresolved.length).toBeLessThanOrEqual(6);
    expect(usage.fields).toBeGreaterThan(550);
    expect(usage.constants).toBeGreaterThan(200);
  }, 60_000);

  test('drivers/tee/optee', () => {
    const usage = lookUpDirectory(openDirectoryTree(tree612!), 'drivers/tee/optee');
    expect(unexpected(usage)).toEqual([]);
    expect(usage.unresolved.length).toBeLessThanOrEqual(25);
    expect(usage.fields).toBeGreaterThan(1400);
  }, 60_000);
});

describeWith({ INTERLEAF_TREE_6_1: tree61 }, 'what drivers/tee of v6.1 uses is declared', () => {
  test('drivers/tee', () => {
    const usage = lookUpDirectory(openDirectoryTree(tree61!), 'drivers/tee');
    expect(unexpected(usage)).toEqual([]);
    expect(usage.fields).toBeGreaterThan(500);
  }, 60_000);
});

describeWith({ INTERLEAF_TREE_6_12: tree612, INTERLEAF_SEED_PATCH: seedPatch }, 'the seed patch on v6.12', () => {
  test('what the patched drivers/tee uses is declared', async () => {
    const series = await readPatches([{ name: 'seed', bytes: readFileSync(seedPatch!) }]);
    const tree = applyPatches(openDirectoryTree(tree612!), series);
    const usage = lookUpDirectory(tree, 'drivers/tee');
    // DEFINE_DMA_BUF_EXPORT_INFO() declares exp_info in the block, which is for the lifter to see.
    const exportInfo = ['exp_info', '.ops', '.size', '.priv'].map((name) => `tee_rstmem_alloc: ${name}`);
    expect(unexpected(usage).filter((entry) => !exportInfo.includes(entry))).toEqual([]);
    expect(usage.fields).toBeGreaterThan(640);

    const configuration = defaultConfiguration();
    const file = 'drivers/tee/tee_core.c';
    const unit = parseTranslationUnit(tree.read(file)!, { file, configuration });
    const declarations = openDeclarations(tree, file, unit, { configuration });
    const fields = declarations.record('tee_ioctl_rstmem_alloc_data')?.fields;
    expect(fields?.map(({ name, documented }) => [name, documented])).toEqual([
      ['size', 'in/out'],
      ['flags', 'in/out'],
      ['use_case', 'in'],
      ['id', 'out'],
    ]);
    // 24 bytes, read and written, type 0xa4, number 10.
    expect(declarations.constant('TEE_IOC_RSTMEM_ALLOC')?.value).toBe(0xc018_a40an);
  }, 60_000);
});
