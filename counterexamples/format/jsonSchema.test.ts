import { readFileSync } from 'node:fs';
import { toJsonSchema } from '@valibot/to-json-schema';
import { Ajv } from 'ajv';
import { format, resolveConfig } from 'prettier';
import type { GenericSchema } from 'valibot';
import { describe, expect, it } from 'vitest';
import { check } from '../../checker/check.js';
import { exampleRevision, exampleScenario } from '../../checker/testing/exampleSystem.js';
import { runScenario } from '../../checker/scenarioRun.js';
import { defaultOptions } from '../../checker/system/linkedSystem.js';
import { counterexampleOf } from './counterexample.js';
import { resultSchema } from './resultSchema.js';
import { counterexampleSchema } from './schema.js';

const published = [
  { name: 'counterexample', title: 'A counterexample of Interleaf', schema: counterexampleSchema },
  { name: 'result', title: 'The result of a check by Interleaf', schema: resultSchema },
] as const;

const fileOf = (name: string) => new URL(`../../schema/${name}.schema.json`, import.meta.url);

/** `npx vitest run counterexamples/format -u` writes the published files again. */
const textOf = async (name: string, title: string, schema: GenericSchema): Promise<string> => {
  const { $schema, ...rest } = toJsonSchema(schema, { target: 'draft-07' });
  return format(JSON.stringify({ $schema, title, ...rest }), {
    ...(await resolveConfig(fileOf(name).pathname)),
    parser: 'json',
  });
};

const validatorOf = (name: string) => {
  const document = JSON.parse(readFileSync(fileOf(name), 'utf8')) as object;
  return new Ajv({ allErrors: true, strict: true, allowUnionTypes: true }).compile(document);
};

const result = await check({
  revision: exampleRevision('bare'),
  base: exampleRevision('locked'),
  scenarios: [exampleScenario],
  options: defaultOptions,
  properties: null,
  runJobs: async (jobs, later) =>
    [...jobs, ...(later?.jobs ?? [])].map(({ revision, scenario, options }) =>
      runScenario(revision, scenario, options, { maxStates: 10_000, timeout: Infinity, now: () => 0 }),
    ),
});

describe('the published schemas', () => {
  it.each(published)('schema/$name.schema.json is what the program checks', async ({ name, title, schema }) => {
    await expect(await textOf(name, title, schema)).toMatchFileSnapshot(`../../schema/${name}.schema.json`);
  });

  it('accept what a check gives', () => {
    expect(result.findings.length).toBeGreaterThan(0);
    const validate = validatorOf('result');
    expect(validate(result), JSON.stringify(validate.errors)).toBe(true);
  });

  it('accept the counterexamples of a check', () => {
    const validate = validatorOf('counterexample');
    for (const finding of result.findings) {
      for (const witness of finding.witnesses) {
        const file = counterexampleOf(result, finding, witness, exampleScenario, defaultOptions);
        expect(validate(file), JSON.stringify(validate.errors)).toBe(true);
      }
    }
  });

  it('do not accept what is something else', () => {
    expect(validatorOf('result')({ ...result, verdict: 'fine' })).toBe(false);
    expect(validatorOf('result')({ ...result, colour: 'red' })).toBe(false);
    expect(validatorOf('counterexample')(result)).toBe(false);
  });
});
