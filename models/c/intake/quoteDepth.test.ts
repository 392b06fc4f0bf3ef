import { describe, expect, test } from 'vitest';
import { splitLines } from './inputLine.js';
import { unquote } from './quoteDepth.js';

const texts = (text: string) => unquote(splitLines(text)).lines.map((line) => line.text);

describe('unquote', () => {
  test('takes the depth with most of the diff’s structure', () => {
    const text = '> @@ -1 +1 @@\n> > --- a/x\n> > +++ b/x\n> > @@ -1 +1 @@\n> > -a\n> > +b\n';
    const { lines, others } = unquote(splitLines(text));
    expect(lines.map(({ text }) => text)).toEqual(['--- a/x', '+++ b/x', '@@ -1 +1 @@', '-a', '+b']);
    expect(lines.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6]);
    expect(others).toEqual([{ text: '> @@ -1 +1 @@', line: 1 }]);
  });

  test('takes the lesser depth on a tie, and the text as it is without a diff', () => {
    expect(texts('> @@ -1 +1 @@\n@@ -2 +2 @@\n')).toEqual(['@@ -2 +2 @@']);
    expect(texts('a\n> b\n')).toEqual(['a']);
  });

  test('keeps what is quoted inside the lines of the diff', () => {
    expect(texts('@@ -1 +1 @@\n+> a\n > b\n')).toEqual(['@@ -1 +1 @@', '+> a', ' > b']);
    expect(texts('> @@ -1 +1 @@\n> +> a\n>  > b\n')).toEqual(['@@ -1 +1 @@', '+> a', ' > b']);
  });

  test('keeps the first column where the marks have no space after them', () => {
    expect(texts('>>@@ -1 +1 @@\n>> a\n>>+b\n')).toEqual(['@@ -1 +1 @@', ' a', '+b']);
    expect(texts('>> @@ -1 +1 @@\n>>  a\n>> +b\n')).toEqual(['@@ -1 +1 @@', ' a', '+b']);
    expect(texts('> > @@ -1 +1 @@\n> >  a\n> >\n')).toEqual(['@@ -1 +1 @@', ' a', '']);
  });

  test('lists no empty lines of other depths', () => {
    expect(unquote(splitLines('> @@ -1 +1 @@\n\n>> \n>> no\n')).others).toEqual([{ text: '>> no', line: 4 }]);
  });
});
