import type { Vocabulary } from '../../models/c/lift/vocabulary.js';
import { kernelCapacities, kernelConstants, kernelFunctionsFor, kernelGlobals } from '../../models/kernel/index.js';
import type { FunctionDefinition } from '../../models/program/functionDefinition.js';
import { teeConstants, teeFunctions, teeGlobals, teeTypes } from '../../models/tee/index.js';
import { structTypes } from '../../models/types/index.js';
import type { Subsystem } from './subsystem.js';

/** What the models of a kernel version offer to code that is lifted from a tree of that version. */
export function vocabularyFor(subsystem: Subsystem, version: string): Vocabulary {
  const types = new Map([...structTypes, ...teeTypes].map((type) => [type.tag, type]));
  const kernel = new Map<string, FunctionDefinition>();
  const environment = new Map<string, FunctionDefinition>();
  for (const definition of [...kernelFunctionsFor(version), ...teeFunctions]) {
    if (definition.origin === 'kernel') kernel.set(definition.name, definition);
    if (definition.origin === 'environment') environment.set(definition.name, definition);
  }
  return {
    kernel,
    environment,
    structType: (tag) => types.get(tag),
    constants: { ...kernelCapacities, ...kernelConstants, ...teeConstants },
    globals: { ...kernelGlobals, ...teeGlobals },
    thisModule: subsystem.thisModule,
  };
}
