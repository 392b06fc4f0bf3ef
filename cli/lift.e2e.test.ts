import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../checker/finding/finding.js';
import type { LiftedSource } from '../checker/tree/liftSource.js';
import type { LiftCoverage } from './print/liftText.js';
import { mail, otherDiff, widgetDiff, writeMiniTree } from './testing/miniTree.js';
import { documentOf, interleaf, interleafWith } from './testing/runProgram.js';

let folder: string;
let tree: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interleaf-lift-'));
  tree = writeMiniTree(folder);
  writeFileSync(join(folder, 'both.patch'), mail('PATCH', 'both', `${otherDiff}${widgetDiff}`));
  writeFileSync(join(folder, 'config'), '# CONFIG_WIDGET_ONCE is not set\nCONFIG_TEE=y\n');
});
afterAll(() => rmSync(folder, { recursive: true }));

const core = 'drivers/tee/tee_core.c';

describe('lift', () => {
  it('shows the program of each function beside its lines, and figures', () => {
    const { status, stdout, stderr } = interleaf('lift', core, '--tree', tree);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(stdout).toContain(`widget_add  ${core}:5–11  exact\n`);
    const rows = stdout.split('\n').filter((line) => line.includes('│'));
    expect(rows[0]).toMatch(
      /^ +5 {2}static int widget_add\(struct widget \*w, int by\) *│ int widget_add\(struct widget \*w, int by\)$/,
    );
    expect(rows.find((row) => row.includes('return -22;'))).toMatch(/^ +8 {2} +return -22; *│ {5}return -22$/);
    expect(rows.find((row) => /^ +11 /.test(row))).toMatch(/} +│ }$/);
    expect(stdout).toContain('2 functions: 2 exact (100.0 %), 0 abstracted (0.0 %), 0 blocked (0.0 %)');
    expect(stdout).toContain('2 #ifs decided (--verbose lists them)');
    expect(interleaf('lift', core, '--tree', tree, '--verbose').stdout).toContain(
      `${core}:17: #ifdef CONFIG_WIDGET_ONCE is taken (policy: CONFIG_ symbols are set)`,
    );
  });

  it('takes one function, and a path on the disk', () => {
    const { stdout } = interleaf('lift', join(tree, core), '--tree', tree, '--function', 'widget_twice');
    expect(stdout).toContain(`widget_twice  ${core}:13–22`);
    expect(stdout).not.toContain('widget_add  ');
  });

  it('decides #if by a .config, here and in a check', () => {
    const args = ['--tree', tree, '--config', join(folder, 'config'), '--format', 'json'];
    const { conditionals, functions } = documentOf<LiftedSource>(interleaf('lift', core, ...args));
    const notSet = '.config: CONFIG_WIDGET_ONCE is not set';
    expect(conditionals[0]).toMatchObject({ taken: false, reason: notSet });
    const calls = (name: string) =>
      functions
        .find((fn) => fn.name === name)!
        .program.map(({ text }) => text)
        .join('\n');
    expect(calls('widget_twice').match(/widget_add/g)).toHaveLength(2);
    const checked = documentOf<CheckResult>(interleaf('check', '--scenario', 'shm-close', ...args)).source!;
    expect(checked).toMatchObject({ configuration: 'config', identity: { configuration: 'config' } });
    expect(checked.conditionals[0]!.reason).toBe(notSet);
  });

  it('shows what a patch changes, with the lines of the mail', () => {
    const { status, stdout } = interleaf('lift', '--tree', tree, '--patch', join(folder, 'both.patch'));
    expect(status).toBe(0);
    expect(stdout.match(/changed by the patch/g)).toHaveLength(2);
    expect(stdout).toMatch(/^ +3 +m16 +return a \+ 2; +│ {3}return/m);
    expect(stdout).not.toContain('widget_twice  ');
  });

  it('gives the same as data', () => {
    const outcome = interleaf('lift', '--tree', tree, '--patch', join(folder, 'both.patch'), '--format', 'json');
    const document = documentOf<LiftedSource & { readonly coverage: LiftCoverage; readonly degraded: boolean }>(
      outcome,
    );
    expect(document).toMatchObject({ format: 'interleaf.lift', version: 1, degraded: false, exitCode: 0 });
    expect(document.coverage).toEqual({ functions: 2, exact: 2, abstracted: 0, blocked: 0, calleesKnown: 2 });
    expect(document.functions.map(({ name }) => name)).toEqual(['other', 'widget_add']);
  });

  it('exits with 3 where a part of the patch could not be used', () => {
    const input = mail('PATCH', 'both', `${otherDiff.replaceAll('a + 1', 'a + 9')}${widgetDiff}`);
    const { status, stdout } = interleafWith({ input }, 'lift', '--tree', tree, '--patch', '-');
    expect(status).toBe(3);
    expect(stdout).toContain('widget_add  ');
    expect(stdout).toMatch(/error: <stdin>:\d+: lib\/other\.c is left out/);
  });

  it('takes a file without a tree, and says what that costs', () => {
    const path = join(folder, 'lone.c');
    writeFileSync(path, '#include <linux/gone.h>\n\nint lone(struct gone *g)\n{\n\treturn g->a;\n}\n');
    const { status, stdout } = interleaf('lift', path);
    expect(status).toBe(0);
    expect(stdout.split('\n')[0]).toBe(
      `${path} without a tree: types, constants and callees of headers are unknown, and much is blocked for that`,
    );
    expect(stdout).toMatch(/lone {2}lone\.c:3–6 {2}blocked/);
    expect(stdout).toMatch(/\^ blocked, untyped field: .*'a'/);
  });
});

describe('check --verbose', () => {
  it('lists what is counted otherwise', () => {
    const on = ['check', '--tree', tree, '--patch', join(folder, 'both.patch'), '--scenario', 'shm-close'];
    const decided = `${core}:17: #ifdef CONFIG_WIDGET_ONCE is taken`;
    expect(interleaf(...on).stdout).not.toContain(decided);
    expect(interleaf(...on, '--verbose').stdout).toContain(decided);
  });
});
