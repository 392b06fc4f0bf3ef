import { describe, expect, it } from 'vitest';
import { checkProgram } from '../program/checkProgram.js';
import { lowerFunction } from '../program/lowerFunction.js';
import type { Program } from '../program/program.js';
import { printProgram } from '../program/printProgram.js';
import { structTypes } from '../types/index.js';
import type { CType } from '../program/cType.js';
import { builtins, kernelCapacities, kernelConstants, kernelFunctions, kernelFunctionsFor } from './index.js';
import { kernelGlobals, kernelTables } from './index.js';

const programs = new Map(kernelFunctions.map((definition) => [definition.name, lowerFunction(definition)]));
const callees = (program: Program): string[] =>
  program.nodes.flatMap((node) => (node.kind === 'call' ? [node.callee] : []));

describe('kernel function models', () => {
  it('each have a name of their own', () => {
    expect(programs.size).toBe(kernelFunctions.length);
  });

  it.each(kernelFunctions)('$name lowers to a well-formed program', (definition) => {
    expect(checkProgram(programs.get(definition.name)!)).toEqual([]);
  });

  it.each(kernelFunctions)('$name cites a kernel file and is the kernel’s', (definition) => {
    expect(definition.file).toMatch(/^[a-z_]+\/[\w/-]+\.[ch]$/);
    expect(definition.origin).toBe('kernel');
  });

  it.each(kernelFunctions)('$name calls only what exists, with as many arguments as it takes', (definition) => {
    for (const node of programs.get(definition.name)!.nodes) {
      if (node.kind !== 'call' || builtins.has(node.callee)) continue;
      const callee = programs.get(node.callee)?.definition;
      expect(callee, node.callee).toBeDefined();
      expect(node.args, node.callee).toHaveLength(callee!.parameters.length);
    }
  });

  it.each(kernelFunctions.filter((definition) => definition.atomic))(
    '$name is one step: it calls only such, and nothing by pointer, and names its own parameters',
    (definition) => {
      const program = programs.get(definition.name)!;
      const parameters = definition.parameters.map((parameter) => parameter.name);
      for (const name of definition.atomic!.shared) expect(parameters).toContain(name);
      expect(program.nodes.filter((node) => node.kind === 'callIndirect' || node.kind === 'await')).toEqual([]);
      for (const callee of callees(program)) {
        if (!builtins.has(callee)) expect(programs.get(callee)!.definition.atomic, callee).toBeDefined();
      }
    },
  );

  it.each(kernelFunctions)('$name sleeps if what it calls directly sleeps', (definition) => {
    // might_sleep() may stand under a condition, such as __GFP_DIRECT_RECLAIM.
    const sleeper = callees(programs.get(definition.name)!).find(
      (callee) => callee !== 'might_sleep' && programs.get(callee)?.definition.sleeps === true,
    );
    if (sleeper !== undefined) expect(definition.sleeps, `it calls ${sleeper}()`).toBe(true);
  });

  it.each(kernelFunctions)('$name uses only names that exist', (definition) => {
    const known = new Set<string>([
      ...programs.keys(),
      ...Object.keys(kernelConstants),
      ...Object.keys(kernelCapacities),
      ...Object.keys(kernelGlobals),
      ...kernelTables.map((table) => table.name),
      'current',
    ]);
    const used = [...JSON.stringify(programs.get(definition.name)!.nodes).matchAll(/"kind":"symbol","name":"(\w+)"/g)];
    for (const [, name] of used) expect(known).toContain(name);
  });

  it('keep to what the kernel version does when an fd is closed', () => {
    const closeOf = (version: string) =>
      printProgram(lowerFunction(kernelFunctionsFor(version).find(({ name }) => name === 'sys_close')!));
    expect(closeOf('6.12.117')).toContain('__fput_sync(file)');
    expect(closeOf('6.1.192')).toContain(' fput(file)');
  });

  it('keep to what the kernel version asks of an importer that maps', () => {
    const mapOf = (version: string) =>
      printProgram(lowerFunction(kernelFunctionsFor(version).find(({ name }) => name === 'dma_buf_map_attachment')!));
    const assertion = /dma_resv_assert_held/;
    expect(mapOf('6.12.117')).toMatch(assertion);
    expect(mapOf('6.12.117')).not.toContain('importer_ops');
    expect(mapOf('6.1.192')).toMatch(assertion);
    expect(mapOf('6.1.192')).toContain('importer_ops');
  });
});

describe('struct types', () => {
  const tags = new Set(structTypes.map((type) => type.tag));

  it('each have a tag of their own', () => {
    expect(tags.size).toBe(structTypes.length);
  });

  it.each(structTypes)('$tag embeds only types that exist', (type) => {
    const embedded = (fieldType: CType): string[] => {
      if (fieldType.kind === 'struct') return [fieldType.tag];
      return fieldType.kind === 'array' ? embedded(fieldType.of) : [];
    };
    for (const field of type.fields) {
      for (const tag of embedded(field.type)) expect(tags, field.name).toContain(tag);
    }
  });
});
