import { destinationOf } from '../../models/program/checkProgram.js';
import { printNode, printOperand, printPlace } from '../../models/program/printProgram.js';
import type { Node, Program } from '../../models/program/program.js';

const cache = new WeakMap<Program, ReadonlyMap<string, string>>();

/**
 * A node as its author would have written it: temporaries (`%1`) are replaced by the expression they hold, and a destination
 * that is a temporary is left out; a call through a pointer reads as in C. `%3 = shm->ctx` and `teedev_ctx_put(%3)` read `shm->ctx` and `teedev_ctx_put(shm->ctx)`.
 */
export function readableNode(program: Program, node: Node): string {
  const texts = expressions(program);
  return substitute(printNode(node), texts)
    .replace(/^%\d+ = /, '')
    .replace(/\(\*(\S+) \/\* \w+ \*\/\)\(/, '$1(');
}

function expressions(program: Program): ReadonlyMap<string, string> {
  const known = cache.get(program);
  if (known) return known;
  const texts = new Map<string, string>();
  const several = new Set<string>();
  for (const node of program.nodes) {
    const name = destinationOf(node);
    if (name === null || !name.startsWith('%')) continue;
    if (texts.has(name)) several.add(name);
    texts.set(name, expressionOf(node));
  }
  // A temporary with two definitions (the value of `a && b`) has no single expression.
  for (const name of several) texts.delete(name);
  cache.set(program, texts);
  return texts;
}

function expressionOf(node: Node): string {
  if (node.kind === 'load') return printPlace(node.address);
  if (node.kind === 'assign') return printOperand(node.value);
  return printNode(node).replace(/^%\d+ = /, '');
}

function substitute(text: string, texts: ReadonlyMap<string, string>): string {
  const destination = /^%\d+ = /.exec(text)?.[0] ?? '';
  let rest = text.slice(destination.length);
  // Temporaries are defined in terms of earlier ones, so this ends; the bound only guards against a cycle.
  for (let round = 0; round < 8 && /%\d+/.test(rest); round += 1) {
    rest = rest.replace(/%\d+/g, (name) => texts.get(name) ?? name);
  }
  return destination + rest;
}
