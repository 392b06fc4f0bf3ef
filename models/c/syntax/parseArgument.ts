import type { Designator, Initialiser, InitialiserElement, MacroArgument, Statement } from './ast.js';
import { isBracket, SyntaxFailure } from './cursor.js';
import { ExpressionParser } from './parseExpression.js';
import { unmatched } from './token.js';

/** Places where an argument is read anew as a type, a statement, … may nest this deep; beyond, it stays tokens. */
const maximalRetries = 2;

/** Arguments of calls and macros, and initialisers. */
export abstract class ArgumentParser extends ExpressionParser {
  private retries = 0;

  protected abstract statement(): Statement;

  protected override callArguments(): MacroArgument[] {
    const partner = this.open('(');
    const args: MacroArgument[] = [];
    if (this.at === partner) {
      this.at++;
      return args;
    }
    this.enter();
    for (;;) {
      const end = this.endOfArgument(partner);
      args.push(this.argument(end));
      this.at = end + 1;
      if (end === partner) break;
    }
    this.leave();
    return args;
  }

  private endOfArgument(limit: number): number {
    const { tokens } = this;
    for (let index = this.at; index < limit; index++) {
      const token = tokens[index]!;
      if (token.kind === 'marker') this.fail('', token, true);
      if (token.kind !== 'punctuator') continue;
      if (token.text === ',') return index;
      if (isBracket(token)) {
        if (token.match === unmatched) this.fail('expected an argument', token, true);
        index = token.match;
      }
    }
    return limit;
  }

  /** Reads the tokens up to `end` as an expression, else a type, else a statement, else leaves them alone. */
  private argument(end: number): MacroArgument {
    const start = this.at;
    const text = this.textBetween(start, end);
    if (start === end) return { kind: 'tokens', text };
    const first = this.current;
    const typeFirst =
      first.kind === 'keyword' ? this.startsType(first) : first.kind === 'name' && this.isType(first.text);
    if (typeFirst) {
      const value = this.attempt(end, () => this.typeName());
      if (value) return { kind: 'type', value, text };
    }
    const value = this.attempt(end, () => this.assignment());
    if (value) return { kind: 'expression', value, text };
    if (this.retries < maximalRetries) {
      this.retries++;
      try {
        const type = typeFirst ? null : this.attempt(end, () => this.typeName());
        if (type) return { kind: 'type', value: type, text };
        const statement = this.attempt(end, () => {
          this.argumentEnd = end;
          // What it declares is not visible outside.
          this.scopes.push(new Map<string, boolean>());
          const read = this.statement();
          this.scopes.pop();
          return read;
        });
        if (statement) return { kind: 'statement', value: statement, text };
      } finally {
        this.retries--;
      }
    }
    return { kind: 'tokens', text };
  }

  protected initialiser(): Initialiser {
    return this.is('{') ? this.initialiserList() : { kind: 'expression', value: this.assignment() };
  }

  protected override initialiserList(): Initialiser & { readonly kind: 'list' } {
    const { line } = this.current;
    const partner = this.open('{');
    this.enter();
    const elements: InitialiserElement[] = [];
    while (this.at < partner) {
      elements.push(this.initialiserElement(partner));
      if (this.at === partner) break;
      // A macro may bring its comma with it.
      if (!this.accept(',') && !this.isMacroElement()) this.recoverElement(partner, elements);
    }
    this.leave();
    this.close(partner);
    return { kind: 'list', line, elements };
  }

  private initialiserElement(partner: number): InitialiserElement {
    const { at, depth } = this;
    const scopeCount = this.scopes.length;
    try {
      const designators = this.designators();
      return { designators, value: this.initialiser() };
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure;
      this.reportFailure(failure);
      this.at = at;
      this.depth = depth;
      this.scopes.length = scopeCount;
      const { line } = this.current;
      this.skipElement(partner);
      return { designators: [], value: { kind: 'expression', value: { kind: 'bad', line, message: failure.message } } };
    }
  }

  /** The element before ends with a call, or with a name in capitals at the end of its line. */
  private isMacroElement(): boolean {
    const last = this.tokens[this.at - 1]!;
    if (last.text === ')') return true;
    return last.kind === 'name' && !this.continuesLine && /^[A-Z][A-Z0-9_]*$/.test(last.text);
  }

  private recoverElement(partner: number, elements: InitialiserElement[]): void {
    const { line } = this.current;
    const message = `expected ',' between the elements of an initialiser, found '${this.text}'`;
    this.report(this.current, 'error', message);
    this.skipElement(partner);
    elements.push({ designators: [], value: { kind: 'expression', value: { kind: 'bad', line, message } } });
    this.accept(',');
  }

  /** Moves to the next comma of the list, or to its end. */
  private skipElement(partner: number): void {
    while (this.at < partner && !this.is(',')) {
      const { match } = this.current;
      this.at = match > this.at ? match + 1 : this.at + 1;
    }
  }

  private designators(): Designator[] {
    const designators: Designator[] = [];
    // `field: value`, from before C99.
    if (this.current.kind === 'name' && this.peek(1).text === ':') {
      designators.push({ kind: 'field', name: this.name() });
      this.at++;
      return designators;
    }
    for (;;) {
      if (this.accept('.')) {
        designators.push({ kind: 'field', name: this.name() });
      } else if (this.is('[')) {
        const partner = this.open('[');
        const low = this.conditional();
        const high = this.accept('...') ? this.conditional() : null;
        this.close(partner);
        designators.push({ kind: 'index', low, high });
      } else {
        if (designators.length > 0) this.expect('=');
        return designators;
      }
    }
  }
}
