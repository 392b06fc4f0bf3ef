import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applyPatch, createTwoFilesPatch } from 'diff';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { applyPatches } from './applyPatches.js';
import { readPatches } from './readPatches.js';
import { memoryTree } from './testing/memoryTree.js';

/** Lines that repeat, so that hunks have more than one place where they nearly fit. */
const line = fc.constantFrom('', '{', '}', '\tint a;', '\treturn 0;', '\tfoo();', '\tbar();', 'int f(void)', '#endif');
const file = fc.array(
  fc.oneof({ weight: 3, arbitrary: line }, { weight: 2, arbitrary: fc.stringMatching(/^\tx[a-z]{3}\(\);$/) }),
  {
    minLength: 1,
    maxLength: 60,
  },
);
const edits = fc.array(fc.record({ at: fc.nat(), drop: fc.nat(3), put: fc.array(line, { maxLength: 3 }) }), {
  minLength: 1,
  maxLength: 4,
});
const ends = fc.record({ before: fc.boolean(), after: fc.boolean() });

interface Edited {
  readonly before: string;
  readonly after: string;
}

const edited = fc.tuple(file, edits, ends).map(([lines, changes, newline]): Edited => {
  const after = [...lines];
  for (const { at, drop, put } of changes) after.splice(at % (after.length + 1), drop, ...put);
  const text = (texts: readonly string[], final: boolean) => {
    // An empty last line without a newline would be a final newline.
    const body = texts.at(-1) === '' ? [...texts, 'end'] : texts;
    return body.length === 0 ? '' : body.join('\n') + (final ? '\n' : '');
  };
  return { before: text(lines, newline.before), after: text(after, newline.after) };
});

const path = 'kernel/x.c';
const read = (diff: string) => readPatches([{ name: 'diff', bytes: Buffer.from(diff) }]);

describe('clean diffs', () => {
  test('give what jsdiff makes of them, and the new text', async () => {
    await fc.assert(
      fc.asyncProperty(edited, async ({ before, after }) => {
        fc.pre(before !== after);
        const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 3 });
        const result = applyPatches(memoryTree({ [path]: before }), await read(diff));
        expect(result.problems).toEqual([]);
        expect(result.patched.get(path)?.text).toBe(after);
        expect(applyPatch(before, diff)).toBe(after);
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  describe('on a file that has moved on', () => {
    const hasTools = ['patch', 'git'].every((tool) => spawnSync(tool, ['--version']).status === 0);
    let directory = '';
    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'interleaf-'));
      mkdirSync(join(directory, 'kernel'));
    });
    afterAll(() => rmSync(directory, { recursive: true }));

    /** The file after a tool has applied the patch, or null if it refused. */
    function applied(base: string, diff: string, command: string, args: readonly string[]): string | null {
      writeFileSync(join(directory, path), base);
      writeFileSync(join(directory, 'x.diff'), diff);
      const { status } = spawnSync(command, args, { cwd: directory });
      return status === 0 ? readFileSync(join(directory, path), 'utf8') : null;
    }

    test.skipIf(!hasTools)('apply where git apply does, and not where it does not (needs git and patch)', async () => {
      let both = 0;
      let neither = 0;
      await fc.assert(
        fc.asyncProperty(edited, edits, async ({ before, after }, changes) => {
          // The tools disagree on newlines that only one of tree and patch has at the end.
          fc.pre(before !== after && before.endsWith('\n') && after.endsWith('\n'));
          const moved = before.split('\n');
          for (const { at, put } of changes.slice(0, 2)) moved.splice(at % moved.length, 0, ...put);
          const base = moved.join('\n');
          const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 3 });
          fc.pre(/^ /m.test(diff));
          const result = applyPatches(memoryTree({ [path]: base }), await read(diff));
          const git = applied(base, diff, 'git', ['apply', 'x.diff']);
          const made = result.patched.get(path)?.text ?? null;
          // Git wants a hunk of line 1 there even if it has full context; patch does not.
          if (made !== null && git === null) {
            expect(diff).toContain('@@ -1,');
            expect(made).toBe(applied(base, diff, 'patch', ['-p1', '-F0', '--no-backup-if-mismatch', '-i', 'x.diff']));
          } else {
            expect(made).toBe(git);
            if (git === null) neither++;
            else both++;
          }
        }),
        { seed: 2, numRuns: 150 },
      );
      expect([both > 20, neither > 20]).toEqual([true, true]);
    });

    test.skipIf(!hasTools)('lose their tabs and still apply as with patch -l (needs git and patch)', async () => {
      let done = 0;
      await fc.assert(
        fc.asyncProperty(edited, async ({ before, after }) => {
          fc.pre(before !== after);
          const diff = createTwoFilesPatch(`a/${path}`, `b/${path}`, before, after, '', '', { context: 3 });
          const spaced = diff.replaceAll('\t', '    ');
          const result = applyPatches(memoryTree({ [path]: before }), await read(spaced));
          const made = result.patched.get(path)?.text ?? null;
          const patch = applied(before, spaced, 'patch', [
            '-l',
            '-p1',
            '-F0',
            '--no-backup-if-mismatch',
            '-i',
            'x.diff',
          ]);
          expect(made).toBe(patch);
          done++;
        }),
        { seed: 3, numRuns: 150 },
      );
      expect(done).toBeGreaterThan(100);
    });
  });
});
