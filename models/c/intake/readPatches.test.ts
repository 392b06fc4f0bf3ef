import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { PatchSeries } from './patch.js';
import { readPatches } from './readPatches.js';
import { formatPatch, gadgetDiff, widgetDiff } from './testing/widget.js';

/** Reads inputs given as text, or as bytes. */
function read(...inputs: readonly (string | Uint8Array)[]): Promise<PatchSeries> {
  return readPatches(
    inputs.map((input, index) => ({
      name: `input${index + 1}`,
      bytes: typeof input === 'string' ? Buffer.from(input) : input,
    })),
  );
}

/** The 1-based line of an input that holds this text first. */
function lineOf(input: string, text: string): number {
  return input.split('\n').findIndex((line) => line.includes(text)) + 1;
}

/** The lines of the input, for each line of the hunks of a series. */
function inputLines(series: PatchSeries): number[] {
  const hunks = series.patches.flatMap(({ files }) => files.flatMap((file) => file.hunks));
  return hunks.flatMap(({ lines }) => lines.map(({ inputLine }) => inputLine));
}

/** The added lines of a series with the lines of the input that they claim to be from, where those do not hold them. */
function misplaced(series: PatchSeries, input: string): string[] {
  const lines = input.split('\n');
  const hunks = series.patches.flatMap(({ files }) => files.flatMap((file) => file.hunks));
  return hunks.flatMap((hunk) =>
    hunk.lines.flatMap(({ text, inputLine }) => {
      const there = lines[inputLine - 1] ?? '';
      return there.includes(text.trim()) ? [] : [`${text} is not in line ${inputLine}: ${there}`];
    }),
  );
}

const paths = (series: PatchSeries) => series.patches.map(({ files }) => files.map(({ newPath }) => newPath));
const widget = 'drivers/misc/widget.c';
const gadget = 'drivers/misc/gadget.c';
const mail = formatPatch('[PATCH] widget: count resets', widgetDiff);
const rawMail = mail.replace(/^From .*\n/, '');
const quotedPrintable = (text: string) =>
  text
    .replace(/[=\t]/g, (char) => (char === '=' ? '=3D' : '=09'))
    .replace(/ $/gm, '=20')
    .replace(/^(.{40})(.{8})/gm, '$1=\n$2');
const wrap = (text: string) => text.replace(/.{60}/g, '$&\n');

describe('the forms of input', () => {
  test('a file of git format-patch', async () => {
    const series = await read(mail);
    expect(series).toMatchObject({ version: 1, missing: [], baseCommit: null, problems: [] });
    expect(series.patches).toMatchObject([
      {
        input: 'input1',
        subject: 'widget: count resets',
        author: 'Ann Author <ann@example.org>',
        number: null,
        total: null,
      },
    ]);
    expect(paths(series)).toEqual([[widget]]);
    expect(inputLines(series)[0]).toBe(lineOf(mail, ' struct widget {'));
    expect(misplaced(series, mail)).toEqual([]);
  });

  test('several files are one series, and the cover letter is not part of it', async () => {
    const cover = formatPatch('[PATCH v2 0/2] Widgets', '', '\n').replace(
      'Say why.',
      `Say why.\n\nbase-commit: ${'ab'.repeat(20)}`,
    );
    const series = await read(
      cover,
      formatPatch('[PATCH v2 1/2] widget: count resets', widgetDiff),
      formatPatch('[PATCH v2 2/2] gadget: new', gadgetDiff),
    );
    expect(series).toMatchObject({ version: 2, missing: [], baseCommit: 'ab'.repeat(20), problems: [] });
    expect(series.patches.map(({ number, total, input }) => [number, total, input])).toEqual([
      [1, 2, 'input2'],
      [2, 2, 'input3'],
    ]);
  });

  test('a mailbox, also gzipped, with lines of it counted', async () => {
    const mbox =
      formatPatch('[PATCH 2/2] gadget: new', gadgetDiff) + formatPatch('[PATCH 1/2] widget: count resets', widgetDiff);
    for (const input of [mbox, gzipSync(mbox)]) {
      const series = await read(input);
      expect(paths(series)).toEqual([[widget], [gadget]]);
      expect(misplaced(series, mbox)).toEqual([]);
      expect(series.problems).toEqual([]);
    }
  });

  test('a mailbox with quoted From lines, and From lines of prose', async () => {
    const prose =
      '\nFrom here on it counts.\nFrom Ann Mon Jan  6 10:00:00 2025\non, too.\n>From there, too.\n>>From a quote.\n';
    const series = await read(
      formatPatch('[PATCH 1/1] widget', widgetDiff, prose) + formatPatch('[PATCH 0/1] x', '', prose),
    );
    expect(paths(series)).toEqual([[widget]]);
    expect(series.problems).toEqual([]);
  });

  test('a raw mail', async () => {
    const series = await read(rawMail);
    expect(series.patches).toMatchObject([{ subject: 'widget: count resets', author: 'Ann Author <ann@example.org>' }]);
    expect(misplaced(series, rawMail)).toEqual([]);
  });

  test('a raw mail with encoded headers, folded over two lines', async () => {
    const encoded = rawMail
      .replace(/^Subject: .*/m, 'Subject: =?UTF-8?q?=5BPATCH_v3_1/1=5D_w=C3=AFdget=3A?=\n =?UTF-8?q?_count?=')
      .replace(/^From: .*/m, 'From: =?iso-8859-1?Q?J=F6rg?= <joerg@example.org>');
    expect((await read(encoded)).patches).toMatchObject([
      { subject: 'wïdget: count', author: 'Jörg <joerg@example.org>', number: 1, total: 1 },
    ]);
  });

  test('somebody else’s patch is theirs', async () => {
    const sent = rawMail.replace('\n\nSay why.', '\n\nFrom: Other Author <other@example.org>\n\nSay why.');
    expect((await read(sent)).patches[0]!.author).toBe('Other Author <other@example.org>');
  });

  test('quoted-printable, with the line of the mail for each line', async () => {
    const [head, body] = [rawMail.slice(0, rawMail.indexOf('\n\n')), rawMail.slice(rawMail.indexOf('\n\n') + 2)];
    const input = `${head}\nContent-Transfer-Encoding: quoted-printable\n\n${quotedPrintable(body)}`;
    const series = await read(input);
    expect(series.patches[0]!.files).toEqual((await read(rawMail)).patches[0]!.files.map(withLinesOf(series)));
    expect(input).toMatch(/=\n/);
    // The first hunk line that is wrapped begins where its first half is.
    expect(inputLines(series)[4]).toBe(lineOf(input, ' };'));
    expect(inputLines(series).at(-1)).toBe(lineOf(input, 'w->resets++') + 1);
  });

  test('quoted-printable whose line ends are encoded, too', async () => {
    const body = widgetDiff.replace(/=/g, '=3D').replace(/\n/g, '=0A=\n');
    const input = `From: a@example.org\nSubject: [PATCH] x\nContent-Transfer-Encoding: quoted-printable\n\n${body}\n`;
    const series = await read(input);
    expect(series.problems).toEqual([]);
    expect(inputLines(series)[3]).toBe(lineOf(input, 'int resets'));
    const two = input.replace('resets;=0A=\n', 'resets;=0A');
    expect(inputLines(await read(two)).slice(3, 6)).toEqual(
      [3, 3, 4].map((line) => lineOf(input, 'int resets') + line - 3),
    );
  });

  test('base64, with lines counted from where it begins', async () => {
    const input = `From: a@example.org\nSubject: [PATCH] x\nContent-Transfer-Encoding: base64\n\n${wrap(
      Buffer.from(`Say why.\n\n${widgetDiff}`).toString('base64'),
    )}\n`;
    const series = await read(input);
    expect(paths(series)).toEqual([[widget]]);
    expect(series.patches[0]!.files[0]!.inputLine).toBe(5 + 2);
  });

  test('latin1', async () => {
    const input = rawMail.replace('Subject', 'Content-Type: text/plain; charset=iso-8859-1\nSubject');
    const series = await read(Buffer.from(input.replace('+\tint resets;', '+\tint r; /* é */'), 'latin1'));
    expect(series.patches[0]!.files[0]!.hunks[0]!.lines.at(3)!.text).toBe('\tint r; /* é */');
  });

  test('a charset that nobody knows', async () => {
    const input = rawMail.replace('Subject', 'Content-Type: text/plain; charset=x-nonsense\nSubject');
    expect((await read(input)).patches[0]!.files).toHaveLength(1);
  });

  test('CRLF line ends of the transport, and none of them in the lines', async () => {
    const series = await read(mail.replaceAll('\n', '\r\n'));
    expect(series.problems).toEqual([]);
    expect(series.patches[0]!.files).toEqual((await read(mail)).patches[0]!.files);
  });

  test('a byte order mark before it', async () => {
    expect((await read(`\ufeff${mail}`)).patches).toMatchObject([{ subject: 'widget: count resets' }]);
  });

  test('carriage returns of the file, in a patch that has none itself', async () => {
    const series = await read(widgetDiff.replace('\tint resets;', '\tint resets;\r'));
    expect(series.patches[0]!.files[0]!.hunks[0]!.lines.at(3)!.text).toBe('\tint resets;\r');
  });

  test('format=flowed does not join lines', async () => {
    const flowed = widgetDiff.replace('+\tint resets;', '+\tint resets; ');
    const input = `From: a@example.org\nSubject: [PATCH] x\nContent-Type: text/plain; format=flowed\n\n${flowed}`;
    const series = await read(input);
    expect(series.problems).toEqual([]);
    expect(misplaced(series, input)).toEqual([]);
  });

  test('an attachment, with the subject of its mail', async () => {
    const input = `From: a@example.org
Subject: [PATCH v2 3/4] widget: count resets
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="=cut="

--=cut=
Content-Type: text/plain

See the attachment.
--=cut=
Content-Type: application/octet-stream; name="x.patch"
Content-Transfer-Encoding: base64
Content-Disposition: attachment; filename="x.patch"

${wrap(Buffer.from(widgetDiff).toString('base64'))}
--=cut=
Content-Type: text/html

<p>See the attachment.</p>
--=cut=--
`;
    const series = await read(input);
    expect(series).toMatchObject({ version: 2, missing: [1, 2, 4], problems: [] });
    expect(series.patches).toMatchObject([{ subject: 'widget: count resets', number: 3, total: 4 }]);
  });

  test('an attached file of git format-patch, with its own subject', async () => {
    const input = `From: b@example.org\nSubject: here\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\n\nHi.\n--cut\nContent-Disposition: inline; filename=0001-x.patch\n\n${mail}\n--cut--\n`;
    const series = await read(input);
    expect(series.patches).toMatchObject([{ subject: 'widget: count resets', author: 'Ann Author <ann@example.org>' }]);
    expect(misplaced(series, input)).toEqual([]);
  });

  test('an attached file of git format-patch in a mailbox, which quotes its From line', async () => {
    const attached = mail.replace(/^From /, '>From ');
    const input = `From b Mon Jan  6 10:00:00 2025\nFrom: b@example.org\nSubject: here\nContent-Type: multipart/mixed; boundary=cut\n\n--cut\nContent-Disposition: inline; filename=0001-x.patch\n\n${attached}\n--cut--\n`;
    expect((await read(input)).patches).toMatchObject([{ subject: 'widget: count resets' }]);
  });

  test('a quoted answer: remarks at other depths are dropped and listed', async () => {
    const quoted = widgetDiff.replace(/^/gm, '> > ').split('\n');
    const at = quoted.findIndex((line) => line.includes('int resets'));
    quoted.splice(at + 1, 0, '>', '> Is that a good name?', '', 'I think so.', '');
    const input = `Re: [PATCH v4 1/2] widget: count resets\n\nOn Monday, Bob wrote:\n> On Sunday, Ann wrote:\n${quoted.join('\n')}\n> -- \n> Bob\n`;
    const series = await read(input);
    expect(series).toMatchObject({ version: 4, missing: [2], problems: [] });
    expect(series.patches).toMatchObject([{ subject: 'widget: count resets', author: null }]);
    expect(series.patches[0]!.droppedLines).toEqual([
      { inputLine: at + 7, text: '> Is that a good name?' },
      { inputLine: at + 9, text: 'I think so.' },
    ]);
    expect(misplaced(series, input)).toEqual([]);
  });

  test.each([
    ['>> ', (text: string) => text.replace(/^/gm, '>> ')],
    ['>>', (text: string) => text.replace(/^/gm, '>>')],
    ['> with blanks stripped', (text: string) => text.replace(/^/gm, '> ').replace(/ +$/gm, '')],
  ])('a quote with %s', async (_, quote) => {
    const series = await read(`Look:\n${quote(widgetDiff)}\nWhat is that?\n`);
    expect(series.problems).toEqual([]);
    expect(series.patches[0]!.files[0]!.hunks.map(({ lines }) => lines.length)).toEqual([7, 6]);
    expect(series.patches[0]!.files[0]!.hunks[0]!.lines[3]).toMatchObject({ kind: '+', text: '\tint resets;' });
  });

  test.each([
    ['of git', widgetDiff],
    ['of git without prefixes', widgetDiff.replaceAll(/ [ab]\//g, ' ')],
    ['of git with mnemonic prefixes', widgetDiff.replaceAll(' a/', ' i/').replaceAll(' b/', ' w/')],
    ['of diff -u at -p0', widgetDiff.slice(widgetDiff.indexOf('---')).replaceAll(/ [ab]\//g, ' ')],
    [
      'of diff -u against a backup',
      widgetDiff
        .slice(widgetDiff.indexOf('---'))
        .replace(/ [ab]\//g, ' ')
        .replace('--- drivers/misc/widget.c', '--- drivers/misc/widget.c.orig\t2025-01-01 10:00:00'),
    ],
    [
      'of diff -r of two directories',
      `diff -ru old/${widget} new/${widget}\n${widgetDiff.slice(widgetDiff.indexOf('---')).replace(' a/', ' linux.old/').replace(' b/', ' linux/')}`,
    ],
  ])('a bare diff %s', async (_, diff) => {
    const series = await read(diff);
    expect(series).toMatchObject({ version: null, missing: [], problems: [] });
    expect(series.patches).toMatchObject([{ subject: null, author: null, number: null }]);
    expect(series.patches[0]!.files).toMatchObject([{ change: 'modify', oldPath: widget, newPath: widget }]);
  });
});

/** The files of another form of the same patch, with the lines of this series. */
function withLinesOf(series: PatchSeries) {
  const lines = inputLines(series);
  return (file: PatchSeries['patches'][number]['files'][number], index: number) => {
    const own = series.patches[0]!.files[index]!;
    let next = 0;
    return {
      ...file,
      inputLine: own.inputLine,
      hunks: file.hunks.map((hunk, at) => ({
        ...hunk,
        inputLine: own.hunks[at]!.inputLine,
        lines: hunk.lines.map((line) => ({ ...line, inputLine: lines[next++]! })),
      })),
    };
  };
}

describe('series', () => {
  const v = (tag: string, diff: string) => formatPatch(`[PATCH ${tag}] x: do ${tag}`, diff);

  test('the highest version wins, and the others are named', async () => {
    const series = await read(v('1/1', widgetDiff) + v('v3 1/1', gadgetDiff) + v('v2 1/1', widgetDiff));
    expect(series.version).toBe(3);
    expect(paths(series)).toEqual([[gadget]]);
    expect(series.problems.map(({ severity, line, message }) => [severity, line, message])).toEqual([
      ['warning', 2, 'patch 1/1 "x: do 1/1" (v1) is passed over for version 3'],
      ['warning', expect.any(Number), 'patch 1/1 "x: do v2 1/1" (v2) is passed over for version 3'],
    ]);
  });

  test('answers are passed over where there is an original, and used where there is none', async () => {
    const answer = formatPatch('Re: [PATCH 1/2] x', widgetDiff.replace(/^/gm, '> '));
    const both = await read(answer + v('1/2', gadgetDiff));
    expect(paths(both)).toEqual([[gadget]]);
    expect(both.problems).toMatchObject([
      { severity: 'warning', message: expect.stringContaining('answer') as string },
    ]);
    expect(paths(await read(answer))).toEqual([[widget]]);
  });

  test('whoever answers is not the author', async () => {
    const answer = formatPatch('Re: [PATCH] x', widgetDiff.replace(/^/gm, '> '));
    expect((await read(answer)).patches[0]!.author).toBeNull();
  });

  test('the base of another version is not that of this one', async () => {
    const based = (tag: string, diff: string) =>
      v(tag, diff).replace('Say why.', `Say why.\n\nbase-commit: ${'ab'.repeat(20)}`);
    expect((await read(based('1/1', widgetDiff) + v('v2 1/1', gadgetDiff))).baseCommit).toBeNull();
    expect((await read(v('1/1', widgetDiff) + based('v2 1/1', gadgetDiff))).baseCommit).toBe('ab'.repeat(20));
  });

  test('of several answers the one that quotes most is used', async () => {
    const quote = (text: string) => formatPatch('Re: [PATCH 1/1] x', text.replace(/^/gm, '> '));
    const series = await read(quote(widgetDiff + gadgetDiff) + quote(widgetDiff));
    expect(paths(series)).toEqual([[widget, gadget]]);
  });

  test('of two mails with the same number the later is used', async () => {
    const series = await read(v('1/1', widgetDiff) + v('1/1', gadgetDiff));
    expect(paths(series)).toEqual([[gadget]]);
    expect(series.problems).toMatchObject([{ severity: 'warning', line: 2 }]);
  });

  test('mails without numbers keep their order', async () => {
    expect(paths(await read(gadgetDiff, mail))).toEqual([[gadget], [widget]]);
  });

  test('a promised part without a diff is an error, and missing', async () => {
    const series = await read(v('1/2', widgetDiff) + v('2/2', ''));
    expect(series).toMatchObject({ missing: [2], problems: [{ severity: 'error', message: 'mail 2/2 has no diff' }] });
  });
});

describe('what cannot be used is refused with a reason and a next step', () => {
  const html = 'From: a@example.org\nSubject: [PATCH] x\nContent-Type: text/html\n\n<pre>diff</pre>\n';

  test.each([
    ['nothing', '', 'empty'],
    ['blank lines', '\n\n', 'no diff'],
    ['a mail without a diff', rawMail.slice(0, rawMail.indexOf('diff --git')), 'no diff'],
    ['a mail in HTML only', html, 'HTML only'],
    ['a page in HTML', '<!DOCTYPE html><html><body>diff --git</body></html>', 'HTML only'],
    ['UTF-16 with a byte order mark', Buffer.from(`\ufeff${widgetDiff}`, 'utf16le'), 'UTF-16'],
    ['UTF-16 without one', Buffer.from(widgetDiff, 'utf16le'), 'NUL byte'],
    ['NUL bytes', widgetDiff.replace('resets', 'res\0ets'), 'NUL byte'],
    ['damaged gzip', gzipSync(widgetDiff).subarray(0, 40), 'cannot be unpacked'],
  ])('%s', async (_, input, reason) => {
    const series = await read(input);
    expect(series.patches).toEqual([]);
    expect(series.problems).toMatchObject([
      { severity: 'error', input: 'input1', message: expect.stringContaining(reason) as string },
    ]);
    expect(series.problems[0]!.next).toMatch(/\.$/);
  });

  test('NUL bytes are reported with their line', async () => {
    expect((await read('a\nb\nc\0\n')).problems[0]!.line).toBe(3);
  });

  test('gzip bombs stop at a limit', async () => {
    const bomb = gzipSync(Buffer.alloc(130 * 1024 * 1024, 'a'));
    expect((await read(bomb)).problems).toMatchObject([{ message: expect.stringContaining('unpacked') as string }]);
  });

  test('long lines and many headers take no long time', async () => {
    const started = performance.now();
    for (const text of ['[PATCH ', 'From a 10:00:00 ', 'diff --cc x\n', '> ', '@@ -1 +1 @@ ', '= ', '\t']) {
      await read(text.repeat(100_000));
    }
    expect(performance.now() - started).toBeLessThan(20_000);
  });

  test('other inputs are used all the same', async () => {
    const series = await read('', widgetDiff);
    expect(paths(series)).toEqual([[widget]]);
    expect(series.problems).toHaveLength(1);
  });
});
