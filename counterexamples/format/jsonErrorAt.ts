/** Where a text stops being JSON. */
export interface JsonError {
  /** Both from 1. */
  readonly line: number;
  readonly column: number;
  /** What stands there, for a message: `'}'`, `the end of the text`. */
  readonly found: string;
}

const token =
  /[ \t\n\r]*(?:([{}[\],:])|("(?:[ !#-[\]-\uffff]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null))/y;

/**
 * The first place where `text` is not JSON (RFC 8259), or null if it is. `JSON.parse` says the position only for some errors, in
 * words that differ between versions of Node.
 */
export function jsonErrorAt(text: string): JsonError | null {
  const open: ('{' | '[')[] = [];
  /** What may come next. */
  let expected: 'value' | 'value or ]' | 'key' | 'key or }' | 'colon' | 'comma or end' = 'value';
  let at = 0;
  for (;;) {
    token.lastIndex = at;
    const match = token.exec(text);
    if (!match) break;
    const [whole, mark, string, scalar] = match;
    const start = at + whole.length - (mark ?? string ?? scalar ?? '').length;
    const isValue = string !== undefined || scalar !== undefined;
    if (open.length === 0 && expected === 'comma or end') return place(text, start);
    if ((isValue || mark === '{' || mark === '[') && (expected === 'value' || expected === 'value or ]')) {
      if (mark === '{' || mark === '[') open.push(mark);
      expected = mark === '{' ? 'key or }' : mark === '[' ? 'value or ]' : 'comma or end';
    } else if (string !== undefined && (expected === 'key' || expected === 'key or }')) {
      expected = 'colon';
    } else if (mark === ':' && expected === 'colon') {
      expected = 'value';
    } else if (mark === ',' && expected === 'comma or end') {
      expected = open.at(-1) === '{' ? 'key' : 'value';
    } else if (mark === '}' && open.at(-1) === '{' && (expected === 'comma or end' || expected === 'key or }')) {
      open.pop();
      expected = 'comma or end';
    } else if (mark === ']' && open.at(-1) === '[' && (expected === 'comma or end' || expected === 'value or ]')) {
      open.pop();
      expected = 'comma or end';
    } else {
      return place(text, start);
    }
    at += whole.length;
  }
  const rest = /^[ \t\n\r]*/.exec(text.slice(at))![0].length;
  if (at + rest === text.length && open.length === 0 && expected === 'comma or end') return null;
  return place(text, at + rest);
}

function place(text: string, offset: number): JsonError {
  const before = text.slice(0, offset);
  const lineStart = before.lastIndexOf('\n') + 1;
  const word = /^(?:"[^"\n]{0,20}"?|[\w.+-]{1,20}|.)/su.exec(text.slice(offset))?.[0];
  return {
    line: before.split('\n').length,
    column: offset - lineStart + 1,
    found: word === undefined ? 'the end of the text' : quoted(word),
  };
}

function quoted(word: string): string {
  const visible = word.replace(/\p{C}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return visible.includes("'") ? `"${visible}"` : `'${visible}'`;
}
