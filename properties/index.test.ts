import { describe, expect, it } from 'vitest';
import { kernelFunctions } from '../models/kernel/index.js';
import { compileLifecycle } from '../models/lifecycles/compile/compileLifecycle.js';
import { lifecycleById, lifecycles } from '../models/lifecycles/index.js';
import type { Lifecycle } from '../models/lifecycles/lifecycle.js';
import { propertyIds } from '../models/program/propertyId.js';
import type { PropertyId } from '../models/program/propertyId.js';
import type { Statement } from '../models/program/statement.js';
import { teeFunctions } from '../models/tee/index.js';
import { brokenBy } from './brokenBy.js';
import { properties, propertyById } from './index.js';
import type { Exercise } from './property.js';
import { severityOf } from './severityOf.js';

const all: readonly Lifecycle[] = lifecycles;
const definitions = [...kernelFunctions, ...teeFunctions];
/** A monitor names functions before anybody has written them: those of a revision, for one. */
const knownFunctions = new Set([
  ...definitions.map((definition) => definition.name),
  ...all.flatMap(({ bindings }) => (bindings ?? []).map((binding) => binding.function)),
]);

describe('the registry', () => {
  it('has one property for each id, in the order of the ids', () => {
    expect(properties.map((property) => property.id)).toEqual(propertyIds);
  });

  it.each(propertyIds)('finds %s by its id', (id) => {
    expect(propertyById(id).id).toBe(id);
  });

  it.each(['title', 'why'] as const)('gives every property a %s of its own', (text) => {
    const texts = properties.map((property) => property[text]);
    expect(new Set(texts).size).toBe(texts.length);
  });

  it('makes a note of operations that only refuse, and a violation of everything else', () => {
    expect(propertyIds.filter((id) => severityOf(id) === 'note')).toEqual(['refusing-operation']);
  });
});

describe.each(properties.map((property) => [property.id, property] as const))('%s', (id, property) => {
  it('says what must hold in one short line', () => {
    expect(property.title).toMatch(/^\S.{10,110}\S$/);
    expect(property.title).not.toMatch(/\.$|\n/);
  });

  it('says why, in sentences', () => {
    expect(property.why).toMatch(/^(?:[A-Z]|\w+\(\)).{60,}\.$/s);
    expect(property.why).not.toMatch(/ {2}|\n/);
  });

  it('cites a file of the kernel and a version', () => {
    expect(property.source).toMatch(/\.(c|h|rst|txt)\b/);
    expect(property.source).toMatch(/; v6\.12$/);
  });

  it('can be exercised', () => {
    expect(property.exercisedBy.length).toBeGreaterThan(0);
  });

  it('is exercised by things that exist', () => {
    expect(property.exercisedBy.flatMap(unknownParts)).toEqual([]);
  });

  it('is exercised by every operation that a lifecycle says can break it', () => {
    const missing = operationsThatBreak(id).filter((operation) => !covers(property.exercisedBy, operation));
    expect(missing).toEqual([]);
  });

  it('is exercised by every kernel function that reports it', () => {
    const reporting = definitions.filter(({ origin, body }) => origin === 'kernel' && reports(body, id));
    const missing = reporting.filter(({ name }) => !covers(property.exercisedBy, { kind: 'call', name }));
    expect(missing.map((definition) => definition.name)).toEqual([]);
  });
});

describe('brokenBy', () => {
  it('reads the events of a primitive from its machine', () => {
    expect(brokenBy('double-map')).toEqual([{ kind: 'event', lifecycle: 'dma_mapping', events: ['map'] }]);
  });

  it('takes the functions of a monitor that are bound to its forbidden events, each once', () => {
    expect(brokenBy('failure-after-install')).toEqual([{ kind: 'call', functions: ['syscall_exit'] }]);
  });

  it('is empty for a property no lifecycle names', () => {
    expect(brokenBy('data-race')).toEqual([]);
  });
});

/** One operation, in the terms of {@link Exercise}. */
type Operation =
  | { readonly kind: 'event'; readonly lifecycle: string; readonly event: string }
  | { readonly kind: 'call'; readonly name: string };

/** Events, in the compiled tables, that break the property in some state. */
function operationsThatBreak(id: PropertyId): Operation[] {
  return all.flatMap((lifecycle) => {
    const table = compileLifecycle(lifecycle, { threads: 2 });
    const events = new Set<string>();
    table.violates.forEach((violated, cell) => {
      if (violated === id) events.add(table.events[cell % table.events.length]!.type);
    });
    if (lifecycle.use === 'primitive') {
      // The lifecycle of memory runs by node kinds (`alloc`, `free`); to destroy a lock says nothing if none was locked.
      if (lifecycle.id === 'memory' || id === 'lock-destroyed-held') return [];
      return [...events].map((event): Operation => ({ kind: 'event', lifecycle: lifecycle.id, event }));
    }
    const bound = (lifecycle.bindings ?? []).filter(({ event }) => events.has(event));
    return bound.map((binding): Operation => ({ kind: 'call', name: binding.function }));
  });
}

function covers(exercises: readonly Exercise[], operation: Operation): boolean {
  return exercises.some((exercise) => {
    if (exercise.kind === 'event' && operation.kind === 'event') {
      return exercise.lifecycle === operation.lifecycle && exercise.events.includes(operation.event);
    }
    return exercise.kind === 'call' && operation.kind === 'call' && exercise.functions.includes(operation.name);
  });
}

function unknownParts(exercise: Exercise): string[] {
  switch (exercise.kind) {
    case 'event': {
      const known = lifecycleById(exercise.lifecycle)?.events.map(({ type }) => type) ?? [];
      return exercise.events.filter((event) => !known.includes(event)).map((event) => `${exercise.lifecycle}.${event}`);
    }
    case 'call':
      return exercise.functions.filter((name) => !knownFunctions.has(name));
    case 'node':
    case 'always':
      return [];
  }
}

function reports(body: readonly Statement[], id: PropertyId): boolean {
  return body.some((statement) => {
    switch (statement.kind) {
      case 'report':
        return statement.property === id;
      case 'if':
        return reports(statement.then, id) || reports(statement.otherwise, id);
      case 'while':
      case 'block':
        return reports(statement.body, id);
      case 'choose':
        return statement.alternatives.some((alternative) => reports(alternative.body, id));
      default:
        return false;
    }
  });
}
