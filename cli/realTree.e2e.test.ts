/** The seed patch, as it reached the list, on a real kernel tree. Skipped where there is none. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse as parseDot } from '@ts-graphviz/ast';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { CheckResult, Finding } from '../checker/finding/finding.js';
import type { RegressResult } from '../checker/regress/regress.js';
import type { LiftedSource } from '../checker/tree/liftSource.js';
import { describeWith, seedPatch, tree61, tree612 } from '../models/c/testing/inputs.js';
import { unwrittenSize, usedDeviceMutex } from './testing/knownFindings.js';
import type { ErrorDocument } from './testing/runProgram.js';
import { documentOf, interleaf, interleafWith } from './testing/runProgram.js';

const folder = mkdtempSync(join(tmpdir(), 'interleaf-real-'));
afterAll(() => rmSync(folder, { recursive: true }));

const idsOf = (findings: readonly Finding[]) => findings.map(({ id }) => id).sort();

describeWith({ INTERLEAF_TREE_6_12: tree612, INTERLEAF_SEED_PATCH: seedPatch }, 'the seed patch on 6.12', () => {
  const tree = tree612!;
  const scenario = ['--scenario', 'allocate-close'];
  let result: CheckResult;

  beforeAll(() => {
    const input = readFileSync(seedPatch!, 'utf8');
    const found = join(folder, 'found');
    const args = ['check', '--tree', tree, '-', ...scenario, '--output', found, '--format', 'json'];
    const outcome = interleafWith({ input }, ...args);
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    result = documentOf<CheckResult>(outcome);
  });

  it('is read whole, without the reviewer', () => {
    const patch = result.source!.patch!;
    expect(patch).toMatchObject({ version: 4, added: 370, removed: 4, missing: [2, 3, 4, 5, 6], problems: [] });
    expect(patch.files).toHaveLength(9);
    expect(patch.hunks).toHaveLength(19);
    expect(patch.hunks.every(({ applied }) => applied)).toBe(true);
    expect(patch.patches[0]!.droppedLines).toHaveLength(7);
    // Later stable versions of the tree may differ in more.
    const differing = patch.files.filter(({ base }) => base === 'differs').map(({ path }) => path);
    expect(differing).toEqual(expect.arrayContaining(['drivers/tee/tee_core.c', 'drivers/tee/tee_shm.c']));
    // It is the first part: what comes after it is no reason for doubt.
    expect(result.source!.incomplete).toEqual([]);
  });

  it('has the bugs that are known of it, at lines of the patched files', () => {
    expect(idsOf(result.findings)).toEqual(expect.arrayContaining([usedDeviceMutex, unwrittenSize].sort()));
    const size = result.findings.find(({ id }) => id === unwrittenSize)!;
    expect(size.location).toMatchObject({ file: 'drivers/tee/tee_core.c', function: 'tee_ioctl_rstmem_alloc' });
    expect(size.location!.line).toBeGreaterThan(800);
    const lifted = result.functions.filter(({ source }) => source === 'lifted from the patch').map(({ name }) => name);
    expect(lifted).toEqual(
      expect.arrayContaining(['tee_ioctl_rstmem_alloc', 'tee_rstmem_alloc', 'rstmem_dma_buf_free']),
    );
    const { changedLines } = result.source!;
    expect(changedLines!.added).toBe(370);
    expect(changedLines!.touched).toBeGreaterThan(40);
    const unreached = changedLines!.untouched.filter(({ why }) => why === 'not reached');
    expect(unreached.map(({ function: name }) => name)).toContain('tee_rstmem_gen_pool_alloc');
  });

  it('gives a document that follows the published schema', () => {
    const schema = fileURLToPath(new URL('../schema/result.schema.json', import.meta.url));
    const validate = new Ajv().compile(JSON.parse(readFileSync(schema, 'utf8')) as object);
    expect(validate(result) || validate.errors).toBe(true);
  });

  it('leaves counterexamples that replay and draw, on the same C only', () => {
    const file = join(folder, 'found', `${usedDeviceMutex}.json`);
    expect(readdirSync(join(folder, 'found'))).toContain('result.json');
    const on = ['--tree', tree, '--patch', seedPatch!];
    const replayed = interleaf('replay', file, ...on);
    expect(replayed).toMatchObject({ status: 1, stderr: '' });
    expect(replayed.stdout).toContain(`breaks    ${usedDeviceMutex}`);
    const drawn = interleaf('graph', file, ...on);
    expect(drawn).toMatchObject({ status: 0, stderr: '' });
    expect(() => parseDot(drawn.stdout)).not.toThrow();
    const errorOf = (...args: readonly string[]) => {
      const outcome = interleaf(...args, '--format', 'json');
      expect(outcome).toMatchObject({ status: 2, stderr: '' });
      return documentOf<ErrorDocument>(outcome).error;
    };
    expect(errorOf('replay', file)).toMatchObject({
      code: 'needs-tree',
      next: expect.stringContaining('--tree DIR --patch') as string,
    });
    expect(errorOf('replay', file, '--tree', tree)).toMatchObject({
      code: 'other-source',
      message: expect.stringContaining('drivers/tee/tee_core.c is blob') as string,
    });
    // Without the check the schedule is tried, and does not fit.
    expect([2, 3]).toContain(interleaf('replay', file, '--tree', tree, '--other').status);
  });

  it('is compared with its next version', () => {
    mkdirSync(join(folder, 'next'));
    const next = join(folder, 'next', 'v5.txt');
    const text = readFileSync(seedPatch!, 'utf8');
    const forgotten = text.replace('teedev_ctx_get(ctx);', '(void)ctx;');
    expect(forgotten).not.toBe(text);
    writeFileSync(next, forgotten);
    const outcome = interleaf('regress', seedPatch!, next, '--tree', tree, ...scenario, '--format', 'json');
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    const { entries, results } = documentOf<RegressResult>(outcome);
    const introduced = entries.filter(({ category }) => category === 'introduced').map(({ finding }) => finding);
    expect(introduced.map(({ object }) => object)).toEqual(expect.arrayContaining(['tee_context.teedev']));
    expect(results.after.source!.patch!.added).toBe(370);
  });

  it('holds alone where nothing is found, and never as a later part whose first ones are missing', () => {
    const quick = ['--tree', tree, '--scenario', 'no-rstmem-free', '--format', 'json'];
    const whole = documentOf<CheckResult>(interleaf('check', ...quick, '--patch', seedPatch!));
    const second = join(folder, 'second.txt');
    const text = readFileSync(seedPatch!, 'utf8');
    expect(text).toContain('PATCH v4 1/6]');
    writeFileSync(second, text.replaceAll('PATCH v4 1/6]', 'PATCH v4 2/6]'));
    const checked = interleaf('check', ...quick, '--patch', second);
    expect(checked).toMatchObject({ status: 3, stderr: '' });
    const { verdict, exitCode, scenarios, source } = documentOf<CheckResult>(checked);
    expect(source!.incomplete).toEqual(['part 1 of 6 is missing from the series']);
    expect({ verdict, exitCode }).toEqual({ verdict: 'inconclusive', exitCode: 3 });
    expect(scenarios).toMatchObject([{ verdict: 'holds', limit: '' }]);
    expect(whole).toMatchObject({ verdict: 'holds', exitCode: 0, source: { incomplete: [] } });
    const compared = interleaf('regress', seedPatch!, second, ...quick);
    expect(compared).toMatchObject({ status: 3, stderr: '' });
    expect(documentOf<RegressResult>(compared).verdict).toBe('inconclusive');
  });

  it('is lifted without a remark where it adds functions', () => {
    const outcome = interleaf('lift', '--tree', tree, '--patch', seedPatch!, '--format', 'json');
    expect(outcome).toMatchObject({ status: 0, stderr: '' });
    const { functions } = documentOf<LiftedSource>(outcome);
    const added = functions.filter(({ source }) => source.every(({ mailLine }) => mailLine !== null));
    expect(added).toHaveLength(13);
    expect(added.filter(({ level }) => level !== 'exact')).toEqual([]);
    expect(added.flatMap(({ remarks }) => remarks.filter(({ level }) => level !== 'note'))).toEqual([]);
  });
});

describeWith({ INTERLEAF_TREE_6_12: tree612 }, 'the tree of 6.12 alone', () => {
  it('has the bug of the base, attributed to nothing', () => {
    const outcome = interleaf('check', '--tree', tree612!, '--scenario', 'shm-close', '--format', 'json');
    expect(outcome).toMatchObject({ status: 1, stderr: '' });
    const { base, findings, source } = documentOf<CheckResult>(outcome);
    expect(base).toBeNull();
    expect(findings.find(({ id }) => id === usedDeviceMutex)).toMatchObject({ origin: 'unknown' });
    expect(source).toMatchObject({ patch: null, incomplete: [] });
  });

  it('is sampled, and the commands that are printed name it', () => {
    const on = ['--tree', tree612!, '--scenario', 'close-context-client'];
    const { status, stdout } = interleaf('fuzz', ...on, '--seed', '1', '--runs', '300');
    expect(status).toBe(1);
    const [, again] = new RegExp(`${usedDeviceMutex}\\n +interleaf (fuzz --tree .*)`).exec(stdout) ?? [];
    expect(again).toBeDefined();
    const words = again!.split(' ').map((word) => word.replace(/^'(.*)'$/, '$1'));
    expect(interleaf(...words).stdout).toContain(usedDeviceMutex);
  });

  it('is taken by the library', async () => {
    const { checkTree } = await import('../index.js');
    const { findings, source } = await checkTree({ tree: tree612! }, { scenarios: ['shm-close'], workers: 0 });
    expect(idsOf(findings)).toContain(usedDeviceMutex);
    expect(source!.tree.version).toMatch(/^6\.12\./);
  });
});

describeWith({ INTERLEAF_TREE_6_1: tree61 }, 'the tree of 6.1 alone', () => {
  it('is checked with the models of 6.1', () => {
    const outcome = interleaf('check', '--tree', tree61!, '--scenario', 'open-close', '--format', 'json');
    const { revision, scenarios, source } = documentOf<CheckResult>(outcome);
    expect(revision).toMatch(/^linux-6\.1\./);
    expect(source!.incomplete).toEqual([]);
    expect(scenarios).toMatchObject([{ id: 'open-close', limit: '' }]);
  });
});
