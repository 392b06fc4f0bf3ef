import { describe, expect, it } from 'vitest';
import { fn, run, set } from '../../models/program/build.js';
import { printNode } from '../../models/program/printProgram.js';
import { link } from '../system/link.js';
import type { LinkedSystem } from '../system/linkedSystem.js';
import { noAssumptions } from '../system/sharedWords.js';
import { exampleRevision, exampleScenario } from '../testing/exampleSystem.js';
import { toySystem } from '../testing/toySystem.js';
import { GeneratedInterpreter } from './generatedInterpreter.js';
import { printGenerated } from './generateSteps.js';

describe('the generated text', () => {
  it('shows each node with its printed form and its line, and each lifecycle with its states', () => {
    const system = link(exampleRevision('locked'), exampleScenario);
    const text = printGenerated(system);
    for (const { id, node } of system.nodes) {
      const line = node.span.line === undefined ? '' : `  // line ${node.span.line}`;
      expect(text).toContain(`case ${id}: // ${printNode(node)}${line}\n`);
    }
    for (const { definition } of system.functions) expect(text).toContain(`/** ${definition.name}, ${definition.file}`);
    expect(text).toContain('const next_mutex = Int32Array.of(');
    expect(text).toMatch(/, \/\/ locked\(owner=1\)/);
  });

  it('is the same for the same system', () => {
    const make = () => printGenerated(link(exampleRevision('bare'), exampleScenario));
    expect(make()).toBe(make());
  });

  it('runs nothing that a name from the outside says', () => {
    const inFile = (file: string): LinkedSystem => {
      const { revision, scenario } = toySystem({
        types: { world: { flag: 'int' } },
        functions: [fn('void f(void)', { file }, [set('world.flag', '1')])],
        threads: { one: [run('f()')] },
      });
      return link(revision, scenario);
    };
    const outside = 'drivers/a.c */ throw new Error("ended"); /*\nthrow new Error("line")';
    expect(lastWords(inFile(outside))).toEqual(lastWords(inFile('drivers/a.c')));
  });
});

/** The state after the first step of the first thread. */
function lastWords(system: LinkedSystem): Int32Array {
  const machine = new GeneratedInterpreter(system, new Set([noAssumptions]));
  machine.initialState();
  expect(machine.step(0)).toBe('done');
  expect(machine.bails).toBe(0);
  return machine.words.slice();
}
