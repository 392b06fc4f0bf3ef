import { Token, unmatched, type LexicalProblem } from './token.js';

export interface MatchedTokens {
  /** The tokens given, with closing braces put in where they are missing (see `Token.isInserted`). */
  readonly tokens: readonly Token[];
  /** One for each bracket that has no partner. */
  readonly problems: readonly LexicalProblem[];
}

/** Partner of a `{` whose closing brace is still to be put in. */
const pending = -2;

/** How many later `}` at the line's beginning may belong to an item whose braces do not follow the indentation. */
const patience = 16;

/** More brackets without partner in one item are the consequence of these. */
const maximalReports = 5;

/** Words that begin a line of code in a function where somebody does not indent; they start no item. */
const statementStart = new Set([
  'if',
  'else',
  'while',
  'do',
  'for',
  'switch',
  'case',
  'default',
  'goto',
  'return',
  'break',
]);

/**
 * Finds the partner of every bracket.
 *
 * Brackets that simply balance are matched, however the text is laid out. Where they do not, layout decides: a `}` in the first
 * column ends the item, and a name in the first column starts the next one, so that a missing or superfluous brace damages one
 * function. Braces are stronger than parentheses: a `(` that meets a `}` has no partner.
 */
export function matchBrackets(tokens: readonly Token[]): MatchedTokens {
  return new Matcher(tokens).run();
}

class Matcher {
  private readonly tokens: readonly Token[];
  private readonly problems: LexicalProblem[] = [];
  /** Missing closing braces, by the index of the token they stand before. */
  private readonly insertions: { readonly before: number; readonly open: number }[] = [];
  /** Indices of the open brackets. */
  private readonly stack: number[] = [];

  constructor(tokens: readonly Token[]) {
    this.tokens = tokens;
  }

  run(): MatchedTokens {
    const { tokens, stack } = this;
    let itemStart = 0;
    let sawStray = false;
    for (let index = 0; index < tokens.length; index++) {
      const token = tokens[index]!;
      if (token.kind === 'end') {
        if (stack.length > 0 || sawStray) this.rematch(itemStart, index);
      } else if (token.kind === 'punctuator') {
        if (!this.step(index)) sawStray = true;
        if (token.text === '}' && token.column === 1 && (stack.length > 0 || sawStray)) {
          if (stack.length > 0 && !sawStray && this.balancesLater(index)) continue;
          this.rematch(itemStart, index + 1);
          itemStart = index + 1;
          sawStray = false;
        }
      } else if (token.column === 1 && stack.length === 0 && this.startsItem(index)) {
        if (sawStray) this.rematch(itemStart, index);
        itemStart = index;
        sawStray = false;
      }
    }
    return { tokens: this.withInsertions(), problems: this.problems };
  }

  /** Matches one punctuator by the stack alone; false if it closes nothing or something of another kind. */
  private step(index: number): boolean {
    const { tokens, stack } = this;
    const token = tokens[index]!;
    const opener = openers[token.text];
    if (opener === undefined) {
      if (token.text === '(' || token.text === '{' || token.text === '[') stack.push(index);
      return true;
    }
    if (stack.length > 0 && tokens[stack.at(-1)!]!.text === opener) {
      this.pair(stack.pop()!, index);
      return true;
    }
    if (opener === '{') {
      while (stack.length > 0 && tokens[stack.at(-1)!]!.text !== '{') stack.pop();
      if (stack.length > 0) this.pair(stack.pop()!, index);
    } else if (opener === '(' && stack.length > 1 && this.squareInParenthesis()) {
      stack.pop();
      this.pair(stack.pop()!, index);
    }
    return false;
  }

  private squareInParenthesis(): boolean {
    const { tokens, stack } = this;
    return tokens[stack.at(-1)!]!.text === '[' && tokens[stack.at(-2)!]!.text === '(';
  }

  /** Matches the tokens of damaged code again, by layout, and reports what has no partner. */
  private rematch(start: number, end: number): void {
    const { tokens, stack } = this;
    stack.length = 0;
    for (let index = start; index < end; index++) tokens[index]!.match = unmatched;
    for (let index = start; index < end; index++) {
      const token = tokens[index]!;
      if (token.kind !== 'punctuator') {
        if (token.column === 1 && stack.length > 0 && this.startsItem(index)) this.closeAll(index);
      } else if (token.text === '}') {
        this.closeBrace(index);
      } else {
        this.step(index);
      }
    }
    this.closeAll(end);
    this.report(start, end);
  }

  private report(start: number, end: number): void {
    const { tokens } = this;
    for (let index = start, count = 0; index < end && count < maximalReports; index++) {
      const { match, text, kind, line, column } = tokens[index]!;
      if (match !== unmatched || kind !== 'punctuator' || !/^[(){}[\]]$/.test(text)) continue;
      count++;
      const missing = openers[text] ?? closers[text]!;
      this.problems.push({ line, column, message: `'${text}' without its '${missing}'`, severity: 'error' });
    }
  }

  private closeBrace(index: number): void {
    const { tokens, stack } = this;
    const atMargin = tokens[index]!.column === 1;
    if (atMargin) {
      const outermost = stack.findIndex((open) => tokens[open]!.text === '{');
      if (outermost >= 0) {
        this.insertBraces(outermost + 1, index);
        this.pair(stack[outermost]!, index);
      }
      stack.length = 0;
      return;
    }
    let top = stack.length - 1;
    while (top >= 0 && tokens[stack[top]!]!.text !== '{') top--;
    if (top < 0) return;
    const isOutermost = !stack.slice(0, top).some((open) => tokens[open]!.text === '{');
    // The brace of a function ends in the first column, or on its own line.
    if (isOutermost && tokens[stack[top]!]!.line !== tokens[index]!.line) return;
    this.pair(stack[top]!, index);
    stack.length = top;
  }

  /** Ends everything that is open before token `index`. */
  private closeAll(index: number): void {
    this.insertBraces(0, index);
    this.stack.length = 0;
  }

  private insertBraces(from: number, before: number): void {
    for (let at = this.stack.length - 1; at >= from; at--) {
      const open = this.stack[at]!;
      if (this.tokens[open]!.text !== '{') continue;
      this.insertions.push({ before, open });
      this.tokens[open]!.match = pending;
    }
  }

  /** The braces open at a `}` in the first column are closed soon by another one there: it is only not indented. */
  private balancesLater(index: number): boolean {
    const { tokens, stack } = this;
    let depth = 0;
    for (const open of stack) if (tokens[open]!.text === '{') depth++;
    if (depth < stack.length) return false;
    let closersLeft = patience;
    for (let at = index + 1; closersLeft > 0; at++) {
      const { kind, text, column } = tokens[at]!;
      if (kind === 'end') return false;
      if (kind !== 'punctuator') continue;
      if (text === '{') depth++;
      else if (text === '}') {
        if (--depth === 0) return column === 1;
        if (column === 1) closersLeft--;
      }
    }
    return false;
  }

  private startsItem(index: number): boolean {
    const { kind, text } = this.tokens[index]!;
    if (kind !== 'name' && kind !== 'keyword') return false;
    return !statementStart.has(text) && this.tokens[index + 1]!.text !== ':';
  }

  private pair(open: number, close: number): void {
    this.tokens[open]!.match = close;
    this.tokens[close]!.match = open;
  }

  /** The token list with the missing braces; partners become indices into the new list. */
  private withInsertions(): readonly Token[] {
    const { tokens, insertions } = this;
    if (insertions.length === 0) return tokens;
    const result: Token[] = [];
    const moved = new Int32Array(tokens.length);
    const inserted: { readonly brace: Token; readonly open: number }[] = [];
    let next = 0;
    for (let index = 0; index < tokens.length; index++) {
      let count = 0;
      for (; next < insertions.length && insertions[next]!.before === index; next++) {
        const { open } = insertions[next]!;
        const { line, column, start } = tokens[Math.max(index - 1, 0)]!;
        const brace = new Token('punctuator', '}', line, column, start, start);
        brace.match = result.push(brace) - 1;
        inserted.push({ brace, open });
        if (++count > maximalReports) continue;
        const message = `'{' without its '}': taken to end at line ${line}`;
        this.problems.push({ line: tokens[open]!.line, column: tokens[open]!.column, message, severity: 'error' });
      }
      moved[index] = result.push(tokens[index]!) - 1;
    }
    for (const token of tokens) if (token.match >= 0) token.match = moved[token.match]!;
    for (const { brace, open } of inserted) {
      tokens[open]!.match = brace.match;
      brace.match = moved[open]!;
    }
    return result;
  }
}

const openers: Readonly<Record<string, string>> = { ')': '(', '}': '{', ']': '[' };
const closers: Readonly<Record<string, string>> = { '(': ')', '{': '}', '[': ']' };
