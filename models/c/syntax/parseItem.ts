import type { Attribute, Expression, Item, MacroArgument, ParameterSyntax, Statement, TypeName } from './ast.js';
import { annotations } from './attributes.js';
import { SyntaxFailure } from './cursor.js';
import { StatementParser } from './parseStatement.js';
import type { Specifiers } from './parseType.js';
import { unmatched } from './token.js';

/** Everything at file scope, and the entries for pieces of C. */
export class ItemParser extends StatementParser {
  /** Where to go on behind an item that cannot be read, if that is known. */
  private resumeAt = 0;

  items(): Item[] {
    const items: Item[] = [];
    while (this.current.kind !== 'end') {
      const { at } = this;
      const problemCount = this.problems.length;
      try {
        this.item(items);
      } catch (failure) {
        if (!(failure instanceof SyntaxFailure)) throw failure;
        items.push(this.badItem(at, failure, problemCount));
      }
    }
    return items;
  }

  wholeExpression(): Expression {
    return this.whole(() => this.expression());
  }

  wholeType(): TypeName {
    return this.whole(() => this.typeName());
  }

  wholeStatements(): readonly Statement[] {
    this.argumentEnd = this.tokens.length - 1;
    return this.whole(() => this.statementsToEnd());
  }

  private whole<T>(read: () => T): T {
    const result = read();
    if (this.current.kind !== 'end') this.fail('expected the end');
    return result;
  }

  private badItem(start: number, failure: SyntaxFailure, problemCount: number): Item {
    const { tokens } = this;
    this.depth = 0;
    this.scopes.length = 1;
    this.argumentEnd = -1;
    this.at = Math.max(this.endOfBadItem(start), this.resumeAt);
    this.resumeAt = 0;
    this.functionName = this.functionIn(start, this.at);
    // What was found inside a function that is lost as a whole is no news.
    this.problems.length = problemCount;
    this.reportFailure(failure);
    this.functionName = null;
    return { kind: 'bad', line: tokens[start]!.line, endLine: tokens[this.at - 1]!.line, message: failure.message };
  }

  /** The next item begins with a name in the first column; semicolons and braces there end the bad one too. */
  private endOfBadItem(start: number): number {
    const { tokens } = this;
    for (let index = start; ; index++) {
      const { kind, text, column, match } = tokens[index]!;
      if (kind === 'end') return index;
      if (kind === 'marker') {
        if (index === start) return index + 1;
        return index;
      }
      if (index > start && column === 1 && (kind === 'name' || kind === 'keyword') && tokens[index + 1]!.text !== ':') {
        return index;
      }
      if (match > index && (text === '{' || text === '(' || text === '[')) index = match;
      const next = tokens[index + 1]!;
      const last = tokens[index]!;
      if (last.text === ';' && next.column === 1) return index + 1;
      if (last.text === '}' && last.column === 1 && next.text !== ';') return index + 1;
    }
  }

  /** The name before the first parenthesis: most likely the function that the tokens were to be. */
  private functionIn(start: number, end: number): string | null {
    for (let index = start; index + 1 < end; index++) {
      const { kind, text } = this.tokens[index]!;
      if (text === '{' || text === ';' || text === '=') return null;
      if (kind === 'name' && this.tokens[index + 1]!.text === '(' && !annotations.has(text)) return text;
    }
    return null;
  }

  private item(items: Item[]): void {
    const token = this.current;
    const { text, line, kind } = token;
    if (text === ';') {
      this.at++;
      return;
    }
    if (kind === 'marker') this.fail('');
    if (this.isAsmWord(text)) {
      this.at++;
      while (this.current.kind === 'keyword') this.at++;
      this.at = this.open('(') + 1;
      this.accept(';');
      items.push({ kind: 'asm', line });
      return;
    }
    if (kind === 'name' && this.isBareMacro()) {
      this.at++;
      items.push({ kind: 'macroCall', line, storage: [], name: text, args: [] });
      return;
    }
    const specifiers = this.specifiers();
    const { base, storage, attributes } = specifiers;
    if (base === null) {
      this.macroItem(items, specifiers);
      return;
    }
    if (this.accept(';')) {
      items.push({ kind: 'declaration', line, storage, attributes, base, names: [] });
      return;
    }
    // `struct x { … }` and a new item: its semicolon is missing.
    if (this.tokens[this.at - 1]!.text === '}' && this.current.column === 1 && !this.continuesLine)
      this.fail(`expected ';'`);
    const first = this.declarator(base, false);
    const trailing = this.trailingAttributes();
    if (first.type.kind === 'function') {
      if (this.is('{')) {
        items.push(this.function(specifiers, first, trailing));
        return;
      }
      if (this.startsDeclarationWord(this.current) || (this.current.kind === 'name' && this.isType(this.text))) {
        this.failBeforeBody(first.name ?? '');
      }
    }
    items.push(
      this.declaredNames({ ...specifiers, base }, { ...first, attributes: [...first.attributes, ...trailing] }),
    );
  }

  /** Behind the header of a function stands a declaration: of a parameter, in the style of K&R, or the next item. */
  private failBeforeBody(name: string): never {
    for (let index = this.at; ; index++) {
      const { kind, text, match } = this.tokens[index]!;
      if (text === '{' && match > 0 && this.tokens[index - 1]!.text === ';') {
        this.resumeAt = match + 1;
        this.fail(`declarations of parameters in the style of K&R are not read: ${name} is left out`);
      }
      if (kind === 'end' || (kind === 'punctuator' && !/^[*,;[\]]$/.test(text))) this.fail(`expected ';'`);
    }
  }

  /** A macro without arguments, alone on its line, that stands for declarations. */
  private isBareMacro(): boolean {
    const { text, column } = this.current;
    const next = this.peek(1);
    return (
      column === 1 &&
      /^[A-Z][A-Z0-9_]*$/.test(text) &&
      (next.kind === 'end' || (next.column === 1 && next.text !== '('))
    );
  }

  /** `MODULE_LICENSE("GPL");`, `SYSCALL_DEFINE1(name, …) { … }`, `static DEFINE_PER_CPU(int, x) = 1;` */
  private macroItem(items: Item[], specifiers: Specifiers): void {
    const { line, storage, attributes } = specifiers;
    const start = this.at;
    const name = this.current.kind === 'name' ? this.name() : this.fail('expected a declaration');
    if (!this.is('(')) {
      this.fail(`expected a declaration: '${name}' is no type in sight`);
    }
    const args = this.callArguments();
    if (this.is('{')) {
      items.push(this.macroFunction(name, args, storage, attributes));
      return;
    }
    if (this.is('=')) {
      this.at = start;
      items.push(this.macroWithInitialiser(specifiers));
      return;
    }
    if (!this.is(';')) this.trailingAttributes();
    if (!this.accept(';') && this.current.column !== 1 && this.current.kind !== 'end' && this.continuesLine) {
      this.fail(`expected ';' behind ${name}(…)`);
    }
    items.push({ kind: 'macroCall', line, storage, name, args });
  }

  /** A function whose header is a macro. Of system calls the parameters are known: type and name alternate. */
  private macroFunction(
    macro: string,
    args: readonly MacroArgument[],
    storage: readonly string[],
    attributes: readonly Attribute[],
  ): Item {
    const opening = this.current;
    const first = args[0]?.text ?? '';
    const isSyscall = /^(?:COMPAT_)?SYSCALL_DEFINE\d$/.test(macro);
    const parameters: ParameterSyntax[] = [];
    if (isSyscall) {
      for (let index = 1; index + 1 < args.length; index += 2) {
        const type = args[index]!;
        const typeName = type.kind === 'type' ? type.value.type : { kind: 'name' as const, name: type.text };
        parameters.push({ name: args[index + 1]!.text, type: typeName, attributes: [] });
      }
    }
    const name = isSyscall ? `${macro.startsWith('COMPAT') ? 'compat_sys_' : 'sys_'}${first}` : `${macro}(${first})`;
    const type = {
      kind: 'function' as const,
      returns: { kind: 'base' as const, name: isSyscall ? 'long' : 'int' },
      parameters,
      variadic: false,
    };
    if (opening.match !== unmatched && !isSyscall) {
      this.report(
        opening,
        'note',
        `what ${macro}(…) declares is not known: the parameters of this function are missing`,
      );
    }
    const body = this.functionBody(name, type);
    const all = [...attributes, { name: macro, args }];
    return {
      kind: 'function',
      name,
      line: opening.line,
      endLine: body.endLine,
      storage,
      attributes: all,
      type,
      body,
    };
  }
}
