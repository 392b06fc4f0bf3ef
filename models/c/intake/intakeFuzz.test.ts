import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyPatches } from './applyPatches.js';
import { readPatches } from './readPatches.js';
import { memoryTree } from './testing/memoryTree.js';
import { formatPatch, gadgetDiff, widgetBefore, widgetDiff, widgetPath } from './testing/widget.js';

const tree = memoryTree({ [widgetPath]: widgetBefore, Makefile: 'VERSION = 6\n' });

const quote = (text: string) => text.replace(/^/gm, '> ');
const base64 = Buffer.from(widgetDiff).toString('base64').replace(/.{76}/g, '$&\n');

/** One input of each form. */
const seeds = [
  widgetDiff,
  formatPatch('[PATCH v2 1/2] widget: count resets', widgetDiff) +
    formatPatch('[PATCH v2 2/2] gadget: new', gadgetDiff),
  formatPatch('=?UTF-8?Q?=5BPATCH=5D_w=C3=AFdget?=', widgetDiff).replace(/^From .*\n/, ''),
  `[PATCH v3 1/1] widget: count resets\n\nOn Monday, Ann wrote:\n${quote(widgetDiff + gadgetDiff)}\nNo.\n`,
  `From: a@example.org\nSubject: [PATCH] widget\nContent-Transfer-Encoding: base64\n\n${base64}\n`,
  `From: a@example.org\nSubject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="cut"\n\n--cut\n\nSee below.\n` +
    `--cut\nContent-Disposition: attachment; filename=x.patch\n\n${widgetDiff}\n--cut--\n`,
];

/** What happens to mails: single bytes, whole lines, the end, the line ends. */
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('byte' as const), at: fc.nat(), to: fc.nat(255) }),
  fc.record({ kind: fc.constantFrom('drop' as const, 'double' as const, 'swap' as const), at: fc.nat() }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat() }),
  fc.record({
    kind: fc.constant('insert' as const),
    at: fc.nat(),
    text: fc.constantFrom(
      '',
      ' ',
      '@@ -1 +1 @@',
      '--- a/x',
      '+++ b/x',
      '> no',
      '-- ',
      '\\ No',
      'diff --git a/x b/x',
      'rename from ../x',
      '@@@ -1 -1 +1 @@',
      '--cut',
    ),
  }),
  fc.constant({ kind: 'crlf' as const }),
);
type Mutation = typeof mutation extends fc.Arbitrary<infer M> ? M : never;

function mutate(bytes: Buffer, change: Mutation): Buffer {
  if (change.kind === 'crlf') return Buffer.from(bytes.toString('latin1').replaceAll('\n', '\r\n'), 'latin1');
  const at = bytes.length === 0 ? 0 : change.at % bytes.length;
  if (change.kind === 'byte') {
    const changed = Buffer.from(bytes);
    if (changed.length > 0) changed[at] = change.to;
    return changed;
  }
  if (change.kind === 'cut') return bytes.subarray(0, at);
  const lines = bytes.toString('latin1').split('\n');
  const line = change.at % lines.length;
  if (change.kind === 'drop') lines.splice(line, 1);
  else if (change.kind === 'double') lines.splice(line, 0, lines[line]!);
  else if (change.kind === 'insert') lines.splice(line, 0, change.text);
  else lines.splice(line, 2, ...lines.slice(line, line + 2).reverse());
  return Buffer.from(lines.join('\n'), 'latin1');
}

describe('damaged input', () => {
  test('never throws, and what applies is consistent', async () => {
    let applied = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...seeds),
        fc.array(mutation, { minLength: 1, maxLength: 4 }),
        async (seed, mutations) => {
          const bytes = mutations.reduce(mutate, Buffer.from(seed));
          const series = await readPatches([{ name: 'fuzz', bytes }]);
          const files = series.patches.flatMap((patch) => patch.files);
          if (files.length === 0) expect(series.problems.some(({ severity }) => severity === 'error')).toBe(true);
          const hunks = files.flatMap((file) => file.hunks);
          // Lines of base64 are counted from where it begins, so they may go beyond the end.
          const inputLines = bytes.toString('latin1').split('\n').length + (seed.includes('base64') ? 30 : 0);
          for (const hunk of hunks) {
            expect(hunk.lines.filter(({ kind }) => kind !== '+')).toHaveLength(hunk.oldLines);
            expect(hunk.lines.filter(({ kind }) => kind !== '-')).toHaveLength(hunk.newLines);
            for (const { inputLine } of hunk.lines) expect(inputLine).toBeLessThanOrEqual(inputLines);
          }

          const result = applyPatches(tree, series);
          expect(result.hunks).toHaveLength(hunks.length);
          let difference = 0;
          for (const [path, file] of result.patched) {
            const before = tree.read(path)?.split('\n') ?? [''];
            const after = file?.text.split('\n') ?? [''];
            difference += after.length - before.length;
            if (file === null) continue;
            const count = after.at(-1) === '' ? after.length - 1 : after.length;
            expect(file.inputLines).toHaveLength(count);
            expect(file.inputNames).toHaveLength(count);
            expect(file.addedLines.every((line) => file.inputLines[line - 1]! > 0)).toBe(true);
            // What the patch did not add is in the tree, in this order.
            const kept = after.slice(0, count).filter((_, index) => file.inputLines[index] === 0);
            let from = 0;
            for (const line of kept) {
              from = before.indexOf(line, from) + 1;
              expect(from).toBeGreaterThan(0);
            }
            applied++;
          }
          const noFinalNewline = [...result.patched.values()].some(
            (file) => file !== null && !/\n$|^$/.test(file.text),
          );
          if (!noFinalNewline) expect(difference).toBe(result.added - result.removed);
          for (const path of result.failed) {
            refused++;
            expect(result.patched.has(path)).toBe(false);
            expect(result.read(path)).toBe(tree.read(path));
            expect(result.problems.some(({ message }) => message.startsWith(path))).toBe(true);
          }
        },
      ),
      { seed: 20250101, numRuns: 800 },
    );
    // The property says something about both.
    expect(applied).toBeGreaterThan(100);
    expect(refused).toBeGreaterThan(20);
  }, 30_000);
});
