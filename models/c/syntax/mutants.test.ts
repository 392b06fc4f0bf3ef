import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { describeWith, tree612 } from '../testing/inputs.js';
import { fixture } from './testing/fixture.js';
import { deletionMutants, type MutantOutcome } from './testing/mutants.js';
import { parse, problemTexts } from './testing/parse.js';

/** What macros that loop are called. The lifter accepts a `macroLoop` only with such a name or a definition that loops. */
const loopName = /(?:^|_)for_each(?:_|$)|^(?:scoped_guard|scoped_cond_guard)$/;

/** Deleted brackets: each is an error, and damages at most two functions. */
function checkBrackets(outcomes: readonly MutantOutcome[]): void {
  const brackets = outcomes.filter(({ character }) => character !== ';');
  expect(brackets.length).toBeGreaterThan(50);
  expect(brackets.filter(({ hasError }) => !hasError).map(({ place }) => place)).toEqual([]);
  expect(brackets.filter(({ changedFunctions }) => changedFunctions.length > 2).map(({ place }) => place)).toEqual([]);
}

/**
 * Deleted semicolons: a problem; or a new `macroLoop` whose name no loop macro has, which the lifter refuses; or the same tree
 * in every node, value and line. The last are empty statements that are not needed, and macros at file scope, which stand for
 * declarations with or without a semicolon.
 */
function checkSemicolons(outcomes: readonly MutantOutcome[]): void {
  const semicolons = outcomes.filter(({ character }) => character === ';');
  expect(semicolons.length).toBeGreaterThan(20);
  const silent = semicolons.filter(
    ({ hasProblem, newLoops, isSame }) => !hasProblem && !isSame && !newLoops.some((name) => !loopName.test(name)),
  );
  expect(silent.map(({ place }) => place)).toEqual([]);
  expect(semicolons.filter(({ changedFunctions }) => changedFunctions.length > 2).map(({ place }) => place)).toEqual(
    [],
  );
}

describe('one character less in a driver', () => {
  const outcomes = deletionMutants('pond.c', fixture);

  test('the driver itself has no problem', () => {
    expect(problemTexts(parse(fixture))).toEqual([]);
  });
  test('brackets', () => checkBrackets(outcomes));
  test('semicolons', () => checkSemicolons(outcomes));
});

describeWith({ 'kernel 6.12': tree612 }, 'one character less in the TEE core', () => {
  test.each(['tee_shm.c', 'tee_core.c'])('%s', { timeout: 120_000 }, (name) => {
    const outcomes = deletionMutants(name, readFileSync(join(tree612!, 'drivers/tee', name), 'utf8'));
    checkBrackets(outcomes);
    checkSemicolons(outcomes);
  });
});
