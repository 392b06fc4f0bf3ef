import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { propertyIds } from '../../models/program/propertyId.js';
import { readCounterexample } from './readCounterexample.js';
import type { Counterexample } from './schema.js';
import { writeCounterexample } from './writeCounterexample.js';

const counterexample: Counterexample = {
  format: 'interleaf.counterexample',
  version: 1,
  tool: 'interleaf 0.1.0',
  revision: 'v4',
  base: 'v6.12',
  scenario: 'allocate-close',
  options: {
    faults: null,
    forcedOutcomes: [{ caller: null, callee: 'idr_replace', value: -2, text: 'idr_replace=-ENOENT' }],
    assumeFixed: [],
  },
  unstableFields: ['tee_device.num_users (locked)'],
  finding: {
    id: 'use-after-free-00000000',
    property: 'use-after-free',
    title: 'mutex_unlock uses mutex of struct tee_device after kfree freed it',
    object: 'tee_device.mutex',
    operation: 'mutex_unlock',
    conflict: 'kfree',
    origin: 'inherited',
    location: { file: 'drivers/tee/tee_core.c', function: 'tee_device_put', line: 17 },
  },
  via: 'sys_close → dma_buf_ops.release',
  schedule: [
    { thread: 'client', decisions: [0, 1] },
    { thread: 'driver', decisions: [] },
  ],
};

const text = writeCounterexample(counterexample);
/** The file with one field changed: `path` as in JavaScript, undefined deletes. */
const withField = (path: readonly (string | number)[], value: unknown): string => {
  const document = JSON.parse(text) as Record<string | number, unknown>;
  let at = document;
  for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
  const last = path.at(-1)!;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return JSON.stringify(document);
};
const errorOf = (file: string) => {
  const read = readCounterexample(file);
  if (read.ok) throw new Error('expected an error');
  return read.error;
};

describe('a counterexample file', () => {
  it('reads as it was written', () => {
    expect(readCounterexample(text)).toEqual({ ok: true, value: counterexample });
  });

  it('reads as it was written, whatever is in it', () => {
    const word = fc.string({ unit: 'binary' });
    const files = fc.record({
      scenario: word,
      via: word,
      base: fc.option(word),
      unstableFields: fc.array(word),
      schedule: fc.array(fc.record({ thread: word, decisions: fc.array(fc.nat()) })),
    });
    fc.assert(
      fc.property(files, (fields) => {
        const file = { ...counterexample, ...fields };
        expect(readCounterexample(writeCounterexample(file))).toEqual({ ok: true, value: file });
      }),
    );
  });

  it('has one line for each step, and ends with a newline', () => {
    expect(text).toContain(
      '\n    {"thread":"client","decisions":[0,1]},\n    {"thread":"driver","decisions":[]}\n  ]\n}\n',
    );
    expect(writeCounterexample({ ...counterexample, schedule: [] })).toContain('"schedule": []\n}\n');
  });

  it('may begin with a byte order mark and name its schema', () => {
    expect(readCounterexample(`\uFEFF${text}`).ok).toBe(true);
    expect(readCounterexample(withField(['$schema'], './counterexample.schema.json')).ok).toBe(true);
  });
});

describe('a file that is no counterexample', () => {
  it('says where it stops being JSON', () => {
    const broken = text.replace('"scenario":', '"scenario"');
    expect(errorOf(broken)).toMatchObject({
      code: 'not-json',
      place: 'line 7, column 14',
      message: expect.stringContaining('"allocate-close"') as string,
    });
    expect(errorOf('')).toMatchObject({
      code: 'not-json',
      next: expect.stringContaining('the file is empty') as string,
    });
  });

  it.each([['[]'], ['null'], ['3'], ['{}'], ['{"format": "other"}']])('tells %s from a counterexample', (file) => {
    expect(errorOf(file)).toMatchObject({
      code: 'wrong-format',
      message: expect.stringContaining('interleaf.counterexample') as string,
    });
  });

  it('tells the result of a check from a counterexample', () => {
    expect(errorOf('{"format": "interleaf.result", "version": 1}')).toMatchObject({
      code: 'wrong-format',
      message: 'this is the result of a check, not a counterexample',
    });
  });

  it('tells a newer version from a mistake', () => {
    expect(errorOf(withField(['version'], 2))).toMatchObject({ code: 'newer-version', place: 'version' });
    expect(errorOf(withField(['version'], '1'))).toMatchObject({
      code: 'invalid',
      place: 'version',
      message: 'expected 1, found "1"',
    });
  });

  it.each([
    [['schedule', 1, 'thread'], 7, 'schedule[1].thread', 'expected string, found 7'],
    [['schedule', 0, 'decisions', 1], -1, 'schedule[0].decisions[1]', 'expected >=0, found -1'],
    [['finding', 'location', 'line'], 1.5, 'finding.location.line', 'found 1.5'],
    [['finding', 'title'], undefined, 'finding.title', 'expected "title", found nothing'],
    [
      ['finding', 'origin'],
      'new',
      'finding.origin',
      'expected ("introduced" | "inherited" | "unknown" | "new way"), found "new"',
    ],
    [['unstableFields'], {}, 'unstableFields', 'expected Array, found Object'],
    [['colour'], 'red', 'colour', 'a field that the format does not have'],
  ])('names the field %j that is wrong', (path, value, place, message) => {
    expect(errorOf(withField(path, value))).toMatchObject({
      code: 'invalid',
      place,
      message: expect.stringContaining(message) as string,
    });
  });

  it('knows every property', () => {
    for (const property of propertyIds)
      expect(readCounterexample(withField(['finding', 'property'], property)).ok).toBe(true);
    expect(errorOf(withField(['finding', 'property'], 'bad-luck')).place).toBe('finding.property');
  });
});
