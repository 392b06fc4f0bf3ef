import type { SyntaxProblem } from './ast.js';
import { unmatched, type Token } from './token.js';

/** Thrown where the grammar is left, and caught where parsing can go on. Never leaves the parser. */
export class SyntaxFailure extends Error {
  readonly token: Token;
  /** Another reading of the same tokens will not help: nesting, damaged brackets. */
  readonly final: boolean;

  constructor(message: string, token: Token, final: boolean) {
    super(message);
    this.token = token;
    this.final = final;
  }
}

/** How deep brackets, statements and operators may nest; far above real code, and far below the limit of the call stack. */
export const maximalDepth = 256;
/** How many operators of one strength may follow each other; the tree is that deep. */
export const maximalChain = 2000;

/** Arithmetic types that the kernel defines for itself, and the like; further names by their form. */
const knownTypes = new Set(
  (
    'bool u8 u16 u32 u64 s8 s16 s32 s64 __u8 __u16 __u32 __u64 __s8 __s16 __s32 __s64 __le16 __le32 __le64 ' +
    '__be16 __be32 __be64 __sum16 __wsum __poll_t __uint128 uint ulong ushort uchar u_char u_short u_int u_long ' +
    'u128 s128 va_list __builtin_va_list unchar'
  ).split(' '),
);

/** What a parser needs to know beside the tokens. */
export interface ParserInput {
  readonly file: string;
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly isTypeName: (name: string) => boolean;
}

/** Position in the tokens, scopes of names, and problems: what all parts of the parser share. */
export abstract class Cursor {
  readonly problems: SyntaxProblem[] = [];
  protected readonly file: string;
  protected readonly source: string;
  protected readonly tokens: readonly Token[];
  protected at = 0;
  protected depth = 0;
  /** Name of the function that is being parsed. */
  protected functionName: string | null = null;
  /** Where an argument that is a statement ends: its semicolon may be missing. */
  protected argumentEnd = -1;
  /** Names by scope, innermost last; true for a type. Never empty. */
  protected readonly scopes: Map<string, boolean>[] = [new Map<string, boolean>()];
  private readonly isTypeNameElsewhere: (name: string) => boolean;

  constructor(input: ParserInput) {
    this.file = input.file;
    this.source = input.text;
    this.tokens = input.tokens;
    this.isTypeNameElsewhere = input.isTypeName;
  }

  protected get current(): Token {
    return this.tokens[this.at]!;
  }

  /** Text of the current token; literals include their quotes, so that `'('` is always punctuation. */
  protected get text(): string {
    return this.tokens[this.at]!.text;
  }

  protected is(text: string): boolean {
    return this.tokens[this.at]!.text === text;
  }

  protected peek(offset: number): Token {
    return this.tokens[Math.min(this.at + offset, this.tokens.length - 1)]!;
  }

  protected accept(text: string): boolean {
    if (this.text !== text) return false;
    this.at++;
    return true;
  }

  protected expect(text: string): void {
    if (!this.accept(text)) this.fail(`expected '${text}'`);
  }

  /** Takes an opening bracket; returns the index of its partner. */
  protected open(bracket: '(' | '{' | '['): number {
    const { text, match } = this.current;
    if (text !== bracket) this.fail(`expected '${bracket}'`);
    if (match < 0) this.fail(`'${bracket}' without its partner`, this.current, true);
    this.at++;
    return match;
  }

  /** Requires that everything up to the partner of a bracket has been read, and takes it. */
  protected close(partner: number): void {
    if (this.at !== partner) this.fail(`expected '${this.tokens[partner]!.text}'`);
    this.at++;
  }

  /** A name that is no reserved word. */
  protected name(): string {
    if (this.current.kind !== 'name') this.fail('expected a name');
    return this.tokens[this.at++]!.text;
  }

  protected fail(message: string, token: Token = this.current, final = false): never {
    if (token.kind === 'marker') throw new SyntaxFailure(token.text, token, true);
    throw new SyntaxFailure(`${message}, found ${describe(token)}`, token, final);
  }

  /** Counts one level of nesting; whoever catches a failure restores `depth`. */
  protected enter(): void {
    if (++this.depth > maximalDepth) {
      throw new SyntaxFailure(`nested more than ${maximalDepth} levels deep`, this.current, true);
    }
  }

  protected leave(): void {
    this.depth--;
  }

  /**
   * Tries a reading of the tokens up to `end`: null, and nothing has happened, if it fails, does not end there, or has errors
   * inside.
   */
  protected attempt<T>(end: number, read: () => T): T | null {
    const { at, depth, argumentEnd } = this;
    const problemCount = this.problems.length;
    const scopeCount = this.scopes.length;
    try {
      const result = read();
      this.argumentEnd = argumentEnd;
      if (this.at === end && !this.hasErrorSince(problemCount)) return result;
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure) || failure.final) throw failure;
    }
    this.at = at;
    this.depth = depth;
    this.argumentEnd = argumentEnd;
    this.problems.length = problemCount;
    this.scopes.length = scopeCount;
    return null;
  }

  private hasErrorSince(count: number): boolean {
    for (let index = count; index < this.problems.length; index++) {
      if (this.problems[index]!.severity === 'error') return true;
    }
    return false;
  }

  protected report(token: Token, severity: 'error' | 'note', message: string): void {
    const { line, column } = token;
    this.problems.push({ file: this.file, line, column, severity, message, function: this.functionName });
  }

  /** Reports a failure, unless its token was reported when the text was cut into tokens or its brackets matched. */
  protected reportFailure(failure: SyntaxFailure): void {
    const { token } = failure;
    if (token.kind === 'marker' || token.isInserted) return;
    if (isBracket(token) && token.match === unmatched) return;
    this.report(token, 'error', failure.message);
  }

  protected declare(name: string, isType: boolean): void {
    this.scopes.at(-1)!.set(name, isType);
  }

  /** What is known of a name: a type, a value, or (undefined) nothing. */
  protected lookUp(name: string): boolean | undefined {
    for (let index = this.scopes.length - 1; index >= 0; index--) {
      const known = this.scopes[index]!.get(name);
      if (known !== undefined) return known;
    }
    if (knownTypes.has(name) || (name.endsWith('_t') && name.length > 2) || this.isTypeNameElsewhere(name)) return true;
    return undefined;
  }

  protected isType(name: string): boolean {
    return this.lookUp(name) === true;
  }

  /** Whether the current token stands on the line where the one before ended. */
  protected get continuesLine(): boolean {
    return this.at > 0 && this.tokens[this.at - 1]!.line === this.current.line;
  }

  /** Source text of the tokens from `start` to before `end`, white space normalised. */
  protected textBetween(start: number, end: number): string {
    if (start >= end) return '';
    const { tokens, source } = this;
    let pieces: string[] | null = null;
    for (let index = start + 1; index < end; index++) {
      const gapStart = tokens[index - 1]!.end;
      const gap = tokens[index]!.start - gapStart;
      if (pieces === null && (gap <= 0 || (gap === 1 && source.charCodeAt(gapStart) === 32))) continue;
      pieces ??= [source.slice(tokens[start]!.start, gapStart)];
      if (gap > 0) pieces.push(' ');
      pieces.push(tokens[index]!.text);
    }
    return pieces?.join('') ?? source.slice(tokens[start]!.start, tokens[end - 1]!.end);
  }
}

export function isBracket(token: Token): boolean {
  if (token.kind !== 'punctuator') return false;
  const { text } = token;
  return text === '(' || text === ')' || text === '{' || text === '}' || text === '[' || text === ']';
}

function describe(token: Token): string {
  if (token.kind === 'end') return 'the end of the file';
  if (token.isInserted) return 'the end of the function';
  return token.text.length > 40 ? `'${token.text.slice(0, 37)}…'` : `'${token.text}'`;
}
