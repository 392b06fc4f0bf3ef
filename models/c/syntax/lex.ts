import { keywords, Token, type LexicalProblem, type TokenKind } from './token.js';

/** Where preprocessing directives go; what stands in a branch that is not taken gives no tokens. */
export interface DirectiveSink {
  /** The current branch is compiled. */
  readonly active: boolean;
  /** A directive without its `#`: continuation lines joined, comments replaced by a blank. */
  directive(text: string, line: number, column: number): void;
}

export interface LexedText {
  /** Ends with one token of kind `end`. */
  readonly tokens: Token[];
  readonly problems: LexicalProblem[];
}

const doubles = ['->', '++', '--', '<<', '>>', '<=', '>=', '==', '!=', '&&', '||', '##'].concat([
  '+=',
  '-=',
  '*=',
  '/=',
  '%=',
  '&=',
  '|=',
  '^=',
]);
/** Punctuators of two characters, by `first * 128 + second`; and of one. Shared strings compare quickly. */
const doubleTable: (string | undefined)[] = Array.from({ length: 128 * 128 });
for (const text of doubles) doubleTable[text.charCodeAt(0) * 128 + text.charCodeAt(1)] = text;
const singleTable = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code));

/** 1: begins a name, 2: digit. */
const classes = new Uint8Array(128);
for (let code = 0; code < 128; code++) {
  if (/[A-Za-z_$]/.test(singleTable[code]!)) classes[code] = 1;
  else if (/[0-9]/.test(singleTable[code]!)) classes[code] = 2;
}

const newline = 10;
const backslash = 92;
const doubleQuote = 34;
const singleQuote = 39;

/**
 * Cuts C text into tokens. Comments and white space vanish, directives go to `sink` (null: `#` is a punctuator, as in the text
 * of a macro). With `fixedLine`, every token is on that line.
 *
 * Of the two sides of a merge conflict the first one is kept, after a token of kind `marker`.
 */
export function lex(text: string, sink: DirectiveSink | null, fixedLine: number | null = null): LexedText {
  return new Scanner(text, sink, fixedLine).run();
}

class Scanner {
  private readonly text: string;
  private readonly sink: DirectiveSink | null;
  private readonly fixedLine: number | null;
  private readonly tokens: Token[] = [];
  private readonly problems: LexicalProblem[] = [];
  private at = 0;
  private line = 1;
  private lineStart = 0;
  /** Nothing but white space and comments since the line began. */
  private freshLine = true;
  /** In the second (or middle) part of a merge conflict. */
  private inDiscardedSide = false;
  private inConflict = false;

  constructor(text: string, sink: DirectiveSink | null, fixedLine: number | null) {
    this.text = text;
    this.sink = sink;
    this.fixedLine = fixedLine;
    if (text.charCodeAt(0) === 0xfeff) this.at = this.lineStart = 1;
  }

  run(): LexedText {
    const { text } = this;
    const length = text.length;
    while (this.at < length) {
      const code = text.charCodeAt(this.at);
      if (code === 32 || code === 9) {
        this.at++;
      } else if (code === newline) {
        this.endLine(this.at);
        this.freshLine = true;
      } else if (code < 32) {
        // Form feeds and carriage returns are white space; other control characters are reported.
        if (code < 9 || code > 13) this.unknownCharacter(code);
        else this.at++;
      } else if (code === 47 && text.charCodeAt(this.at + 1) === 42) {
        this.blockComment();
      } else if (code === 47 && text.charCodeAt(this.at + 1) === 47) {
        this.at = this.endOfLogicalLine(this.at);
      } else if (code === backslash && this.continuationLength(this.at) > 0) {
        this.endLine(this.at + this.continuationLength(this.at) - 1);
      } else if (this.at === this.lineStart && this.isConflictMarker(code)) {
        this.conflictMarker(code);
      } else if (code === 35 && this.freshLine && this.sink) {
        this.directive();
      } else {
        this.freshLine = false;
        this.token(code);
      }
    }
    this.push('end', '', length, length);
    return { tokens: this.tokens, problems: this.problems };
  }

  private get active(): boolean {
    return !this.inDiscardedSide && (this.sink?.active ?? true);
  }

  private token(code: number): void {
    const { text } = this;
    const start = this.at;
    const charClass = code < 128 ? classes[code]! : 0;
    if (charClass === 1) {
      let end = start + 1;
      while (isNamePart(text.charCodeAt(end))) end++;
      const next = text.charCodeAt(end);
      if ((next === doubleQuote || next === singleQuote) && /^(?:L|u|U|u8)$/.test(text.slice(start, end))) {
        this.quoted(start, end, next);
        return;
      }
      const name = text.slice(start, end);
      this.at = end;
      if (this.active) this.push(keywords.has(name) ? 'keyword' : 'name', name, start, end);
    } else if (charClass === 2 || (code === 46 && classes[text.charCodeAt(start + 1)] === 2)) {
      this.at = this.endOfNumber(start);
      if (this.active) this.push('number', text.slice(start, this.at), start, this.at);
    } else if (code === doubleQuote || code === singleQuote) {
      this.quoted(start, start, code);
    } else if (code < 128) {
      const punctuator = this.punctuator(code, start);
      this.at = start + punctuator.length;
      if (this.active) this.push('punctuator', punctuator, start, this.at);
    } else {
      this.unknownCharacter(code);
    }
  }

  private punctuator(code: number, start: number): string {
    const next = this.text.charCodeAt(start + 1);
    const afterNext = this.text.charCodeAt(start + 2);
    if (code === 46 && next === 46 && afterNext === 46) return '...';
    if (code === 60 && next === 60 && afterNext === 61) return '<<=';
    if (code === 62 && next === 62 && afterNext === 61) return '>>=';
    return (next < 128 ? doubleTable[code * 128 + next] : undefined) ?? singleTable[code]!;
  }

  private endOfNumber(start: number): number {
    const { text } = this;
    const hexadecimal = (text.charCodeAt(start + 1) | 32) === 120;
    let end = start + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      if (isNamePart(code) || code === 46) {
        const letter = code | 32;
        const exponent = letter === 112 || (letter === 101 && !hexadecimal);
        const sign = text.charCodeAt(end + 1);
        end += exponent && (sign === 43 || sign === 45) ? 2 : 1;
      } else {
        return end;
      }
    }
  }

  /** A string or character constant whose quote is at `open`; ends with its line if it is not closed. */
  private quoted(start: number, open: number, quote: number): void {
    const { text } = this;
    const { line } = this;
    const column = start - this.lineStart + 1;
    const kind = quote === doubleQuote ? 'string' : 'char';
    const active = this.active;
    let end = open + 1;
    for (;;) {
      const code = text.charCodeAt(end);
      if (code === quote) {
        end++;
        break;
      }
      if (code === newline || Number.isNaN(code)) {
        if (active) {
          const name = quote === doubleQuote ? 'string' : 'character constant';
          this.problem(line, column, `this ${name} is not closed on its line`);
        }
        break;
      }
      const continuation = code === backslash ? this.continuationLength(end) : 0;
      if (continuation > 0) {
        this.endLine(end + continuation - 1);
        end = this.at;
      } else {
        end += code === backslash && text.charCodeAt(end + 1) !== newline ? 2 : 1;
      }
    }
    end = Math.min(end, text.length);
    this.at = end;
    if (active) this.tokens.push(new Token(kind, text.slice(start, end), this.fixedLine ?? line, column, start, end));
  }

  private blockComment(): void {
    const close = this.text.indexOf('*/', this.at + 2);
    if (close < 0) this.problem(this.line, this.at - this.lineStart + 1, 'this comment is not closed');
    const end = close < 0 ? this.text.length : close + 2;
    for (;;) {
      const next = this.text.indexOf('\n', this.at);
      if (next < 0 || next >= end) break;
      this.endLine(next);
    }
    this.at = end;
  }

  private directive(): void {
    const { line } = this;
    const column = this.at - this.lineStart + 1;
    const start = this.at + 1;
    const end = this.endOfLogicalLine(start);
    const raw = this.text.slice(start, this.at);
    this.sink!.directive(withoutComments(raw), line, column);
    this.at = end;
  }

  /** Moves over continued lines (comments that span lines included) to the newline that ends the one at `from`. */
  private endOfLogicalLine(from: number): number {
    const { text } = this;
    let at = from;
    let quote = 0;
    const lineComment = text.startsWith('//', from);
    for (;;) {
      const code = text.charCodeAt(at);
      if (code === newline || Number.isNaN(code)) break;
      if (code === backslash) {
        const continuation = this.continuationLength(at);
        if (continuation > 0) {
          this.endLine(at + continuation - 1);
          at = this.at;
        } else {
          at += quote !== 0 && text.charCodeAt(at + 1) !== newline ? 2 : 1;
        }
      } else if (quote !== 0) {
        if (code === quote) quote = 0;
        at++;
      } else if (lineComment) {
        at++;
      } else if (code === doubleQuote || code === singleQuote) {
        quote = code;
        at++;
      } else if (code === 47 && text.charCodeAt(at + 1) === 42) {
        this.at = at;
        this.blockComment();
        at = this.at;
      } else {
        at++;
      }
    }
    this.at = Math.min(at, text.length);
    return this.at;
  }

  private isConflictMarker(code: number): boolean {
    if (!this.sink || !(code === 60 || code === 61 || code === 62 || code === 124)) return false;
    for (let offset = 1; offset < 7; offset++) if (this.text.charCodeAt(this.at + offset) !== code) return false;
    const after = this.text.charCodeAt(this.at + 7);
    return after === 32 || after === newline || after === 13 || Number.isNaN(after);
  }

  private conflictMarker(code: number): void {
    const end = this.endOfLogicalLine(this.at + 7);
    const start = this.lineStart;
    const active = this.sink?.active ?? true;
    if (active && (code === 60 || !this.inConflict)) {
      const message =
        `merge-conflict marker '${this.text.slice(start, start + 7)}': resolve the conflict first; ` +
        'until then only its first side is read';
      this.problem(this.line, 1, message);
      this.push('marker', message, start, end);
    }
    // A lone `=======` or `>>>>>>>` discards nothing.
    if (code === 60) this.inConflict = true;
    this.inDiscardedSide = this.inConflict && (code === 61 || code === 124);
    if (code === 62) this.inConflict = false;
  }

  private unknownCharacter(code: number): void {
    const start = this.at;
    const character = String.fromCodePoint(this.text.codePointAt(start)!);
    this.at += character.length;
    if (!this.active) return;
    if (code === 0) this.problem(this.line, start - this.lineStart + 1, 'a NUL byte: is this a C file?');
    this.push('punctuator', character, start, this.at);
  }

  /** Length of a backslash, carriage return and newline at `at`; 0 if they are not there. */
  private continuationLength(at: number): number {
    const next = this.text.charCodeAt(at + 1);
    if (next === newline) return 2;
    return next === 13 && this.text.charCodeAt(at + 2) === newline ? 3 : 0;
  }

  private endLine(newlineAt: number): void {
    this.line++;
    this.at = this.lineStart = newlineAt + 1;
  }

  private push(kind: TokenKind, text: string, start: number, end: number): void {
    this.tokens.push(new Token(kind, text, this.fixedLine ?? this.line, start - this.lineStart + 1, start, end));
  }

  private problem(line: number, column: number, message: string): void {
    this.problems.push({ line: this.fixedLine ?? line, column, message, severity: 'error' });
  }
}

function isNamePart(code: number): boolean {
  return code < 128 && classes[code] !== 0;
}

/** Joins continued lines and replaces comments by a blank, not in strings. */
function withoutComments(raw: string): string {
  const joined = raw.includes('\\') ? raw.replace(/\\\r?\n/g, '') : raw;
  if (!joined.includes('/')) return joined.trim();
  const pieces = /("(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')|\/\*[^]*?(?:\*\/|$)|\/\/[^\n]*/g;
  return joined.replace(pieces, (_, quoted: string | undefined) => quoted ?? ' ').trim();
}
