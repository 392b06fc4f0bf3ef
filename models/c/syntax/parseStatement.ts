import type {
  Attribute,
  DeclarationItem,
  Expression,
  FunctionItem,
  ParameterSyntax,
  Statement,
  TypeSyntax,
} from './ast.js';
import { annotations } from './attributes.js';
import { SyntaxFailure } from './cursor.js';
import { RecordParser } from './parseRecord.js';
import type { Declarator, Specifiers } from './parseType.js';
import type { Token } from './token.js';

type Block = Statement & { readonly kind: 'block' };
export type FunctionType = TypeSyntax & { readonly kind: 'function' };

const asmWords = new Set(['asm', '__asm__', '__asm']);

/** Statements and blocks. */
export abstract class StatementParser extends RecordParser {
  /** The function being parsed returns nothing. */
  private returnsVoid = false;

  /** A block, with a scope of its own. */
  protected override block(): Block {
    return this.blockAfter(this.current.line, []);
  }

  /** A block in whose scope `parameters` are. */
  private blockAfter(line: number, parameters: readonly ParameterSyntax[]): Block {
    const partner = this.open('{');
    this.scopes.push(new Map());
    for (const { name } of parameters) if (name !== null) this.declare(name, false);
    const body: Statement[] = [];
    this.enter();
    while (this.at < partner) body.push(this.statementOrBad(partner));
    this.leave();
    const closing = this.current;
    if (closing.isInserted) {
      body.push({ kind: 'bad', line: closing.line, message: `'}' is missing`, endLine: closing.line });
    }
    this.scopes.pop();
    this.at++;
    return { kind: 'block', line, body, endLine: closing.line };
  }

  protected functionBody(name: string, type: FunctionType): Block {
    const outer = { name: this.functionName, returnsVoid: this.returnsVoid, argumentEnd: this.argumentEnd };
    this.functionName ??= name;
    this.returnsVoid = type.returns.kind === 'base' && type.returns.name === 'void';
    this.argumentEnd = -1;
    try {
      return this.blockAfter(this.current.line, type.parameters);
    } finally {
      this.functionName = outer.name;
      this.returnsVoid = outer.returnsVoid;
      this.argumentEnd = outer.argumentEnd;
    }
  }

  /** A statement of a block that ends at `partner`; what cannot be read becomes one `bad` statement. */
  private statementOrBad(partner: number): Statement {
    const { at, depth } = this;
    const scopeCount = this.scopes.length;
    try {
      return this.statement();
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure;
      this.reportFailure(failure);
      this.depth = depth;
      this.scopes.length = scopeCount;
      const { line } = this.tokens[at]!;
      this.at = this.endOfBadStatement(at, partner);
      return { kind: 'bad', line, message: failure.message, endLine: this.tokens[this.at - 1]!.line };
    }
  }

  /** Behind the next semicolon, or behind a block that no `else` or `while` follows. */
  private endOfBadStatement(start: number, partner: number): number {
    const { tokens } = this;
    if (tokens[start]!.kind === 'marker') return start + 1;
    for (let index = start; index < partner; index++) {
      const { text, match } = tokens[index]!;
      if (text === ';') return index + 1;
      if (match > index && (text === '(' || text === '[' || text === '{')) {
        index = match;
        const next = tokens[index + 1]!;
        const goesOn = next.text === 'else' || (next.text === 'while' && tokens[start]!.text === 'do');
        if (text === '{' && !goesOn && !continuesExpression(next)) return index + 1;
      }
    }
    return partner;
  }

  protected override statement(): Statement {
    this.enter();
    const result = this.statementWithin();
    this.leave();
    return result;
  }

  private statementWithin(): Statement {
    const token = this.current;
    const { kind, text, line } = token;
    if (text === '{') return this.block();
    if (text === ';') {
      this.at++;
      return { kind: 'empty', line };
    }
    if (kind === 'keyword') return this.keywordStatement(token);
    if (kind === 'name') {
      if (this.peek(1).text === ':') return this.label();
      if (this.startsDeclaration()) return this.declarationStatement();
    }
    return this.expressionStatement();
  }

  private keywordStatement({ text, line }: Token): Statement {
    switch (text) {
      case 'if':
        return this.ifStatement();
      case 'while': {
        this.at++;
        const condition = this.parenthesised();
        return { kind: 'while', line, condition, body: this.body() };
      }
      case 'do': {
        this.at++;
        const body = this.body();
        const condition = this.doCondition();
        this.semicolon();
        return { kind: 'do', line, body, condition };
      }
      case 'for':
        return this.forStatement();
      case 'switch': {
        this.at++;
        const value = this.parenthesised();
        return { kind: 'switch', line, value, body: this.body() };
      }
      case 'case': {
        this.at++;
        const low = this.conditional();
        const high = this.accept('...') ? this.conditional() : null;
        this.expect(':');
        return { kind: 'case', line, low, high };
      }
      case 'default':
        this.at++;
        this.expect(':');
        return { kind: 'default', line };
      case 'goto':
        return this.gotoStatement();
      case 'break':
      case 'continue':
        this.at++;
        this.semicolon();
        return { kind: text, line };
      case 'return':
        return this.returnStatement();
      case 'asm':
      case '__asm__':
      case '__asm':
        return this.asmStatement();
      case '__label__':
        while (!this.is(';')) {
          if (this.current.kind !== 'name' && this.current.kind !== 'keyword' && !this.is(','))
            this.fail(`expected ';'`);
          this.at++;
        }
        this.at++;
        return { kind: 'empty', line };
      case '__attribute__':
      case '__attribute':
        return this.attributeStatement();
      default:
        if (this.startsDeclarationWord(this.current) || this.declarationBehindExtension()) {
          return this.declarationStatement();
        }
        return this.expressionStatement();
    }
  }

  private declarationBehindExtension(): boolean {
    return this.is('__extension__') && this.startsDeclarationWord(this.peek(1));
  }

  /** `while (…)`, or a macro that stands for it: `} while_each_thread(a, b);`. */
  private doCondition(): Expression {
    if (!/^(?:do_)?(?:while|for)_each_|^for_each_/.test(this.text)) {
      this.expect('while');
      return this.parenthesised();
    }
    this.report(this.current, 'note', `${this.text}() is taken as the condition of the loop that it ends`);
    return this.expression();
  }

  /** `__attribute__((fallthrough));` does nothing; otherwise a declaration follows. */
  private attributeStatement(): Statement {
    const { at } = this;
    const { line } = this.current;
    this.gnuAttributes();
    if (this.accept(';')) return { kind: 'empty', line };
    this.at = at;
    return this.declarationStatement();
  }

  /** An `if` with all its `else if`s: a loop, since tables written with them are long. */
  private ifStatement(): Statement {
    const heads: { readonly line: number; readonly condition: Expression; readonly then: Statement }[] = [];
    let otherwise: Statement | null = null;
    for (;;) {
      const { line } = this.current;
      this.at++;
      const condition = this.parenthesised();
      heads.push({ line, condition, then: this.body() });
      if (!this.accept('else')) break;
      if (!this.is('if')) {
        otherwise = this.body();
        break;
      }
    }
    for (let index = heads.length - 1; index >= 0; index--) otherwise = { kind: 'if', ...heads[index]!, otherwise };
    return otherwise!;
  }

  private parenthesised(): Expression {
    const partner = this.open('(');
    const expression = this.expression();
    this.close(partner);
    return expression;
  }

  /** The statement that an `if` or a loop governs; a label and its statement become a block. */
  private body(): Statement {
    const first = this.statement();
    if (first.kind !== 'label' && first.kind !== 'case' && first.kind !== 'default') return first;
    const body: Statement[] = [first];
    let last: Statement = first;
    while ((last.kind === 'label' || last.kind === 'case' || last.kind === 'default') && !this.is('}')) {
      last = this.statement();
      body.push(last);
    }
    return { kind: 'block', line: first.line, body, endLine: this.tokens[this.at - 1]!.line };
  }

  private forStatement(): Statement {
    const { line } = this.current;
    this.at++;
    const partner = this.open('(');
    this.scopes.push(new Map());
    let initial: Expression | DeclarationItem | null = null;
    if (this.startsDeclarationWord(this.current) || (this.current.kind === 'name' && this.startsDeclaration())) {
      const specifiers = this.specifiersWithType();
      initial = this.declaredNames(specifiers, this.declarator(specifiers.base, false));
    } else {
      if (!this.is(';')) initial = this.expression();
      this.expect(';');
    }
    const condition = this.is(';') ? null : this.expression();
    this.expect(';');
    const step = this.at === partner ? null : this.expression();
    this.close(partner);
    const body = this.body();
    this.scopes.pop();
    return { kind: 'for', line, initial, condition, step, body };
  }

  private gotoStatement(): Statement {
    const { line } = this.current;
    this.at++;
    if (this.accept('*')) {
      const target = this.expression();
      this.semicolon();
      return { kind: 'computedGoto', line, target };
    }
    const label = this.name();
    this.semicolon();
    return { kind: 'goto', line, label };
  }

  private returnStatement(): Statement {
    const token = this.current;
    this.at++;
    if (this.is(';') || this.at === this.argumentEnd) {
      this.semicolon();
      return { kind: 'return', line: token.line, value: null };
    }
    if (this.returnsVoid && !this.continuesLine) {
      this.report(token, 'note', `'return' with a value in a function without one: is a ';' missing?`);
    }
    const value = this.expression();
    this.semicolon();
    return { kind: 'return', line: token.line, value };
  }

  private asmStatement(): Statement {
    const start = this.at;
    const { line } = this.current;
    this.at++;
    while (/^(?:volatile|__volatile__|__volatile|inline|__inline|__inline__|goto)$/.test(this.text)) this.at++;
    this.at = this.open('(') + 1;
    const text = this.textBetween(start, this.at);
    this.semicolon();
    return { kind: 'asm', line, text };
  }

  private label(): Statement {
    const { line } = this.current;
    const label = this.name();
    this.at++;
    if (this.is('__attribute__') || annotations.has(this.text)) this.labelAttributes();
    return { kind: 'label', line, label };
  }

  private labelAttributes(): void {
    const { at } = this;
    this.trailingAttributes();
    // Attributes of a label end with a semicolon; otherwise they belong to a declaration.
    if (!this.is(';') && !this.is('}')) this.at = at;
  }

  private semicolon(): void {
    if (this.at === this.argumentEnd) return;
    this.expect(';');
  }

  private expressionStatement(): Statement {
    const start = this.current;
    const { line } = start;
    const macro = this.macroDeclaration();
    if (macro) return macro;
    const expression = this.statementExpressionOf(start);
    if (this.at === this.argumentEnd || this.accept(';')) return { kind: 'expression', line, expression };
    if (expression.kind === 'name' && !this.continuesLine && /^[A-Z][A-Z0-9_]+$/.test(expression.name)) {
      this.report(start, 'note', `no ';' behind ${expression.name}: taken as a macro that needs none`);
      return { kind: 'expression', line, expression };
    }
    const isMacro = expression.kind === 'call' && expression.callee.kind === 'name';
    if (!isMacro) return this.fail(`expected ';'`);
    const { text, kind } = this.current;
    if (text === '}' || text === 'else' || text === 'case' || text === 'default' || this.peek(1).text === ':') {
      if (this.current.isInserted) this.fail(`expected ';'`);
      this.report(start, 'note', `no ';' behind ${nameOf(expression)}(…): taken as a macro that needs none`);
      return { kind: 'expression', line, expression };
    }
    if (
      text !== '{' &&
      text !== '(' &&
      text !== '*' &&
      text !== '++' &&
      text !== '--' &&
      kind !== 'name' &&
      kind !== 'keyword'
    ) {
      this.fail(`expected ';'`);
    }
    return { kind: 'macroLoop', line, name: nameOf(expression), args: expression.args, body: this.body() };
  }

  /**
   * The expression of a statement. `name(args)` in front of a line that begins with `*`, `++` or `--` ends there: it is a loop or
   * lacks its semicolon, since nobody multiplies what a call returns and drops the product.
   */
  private statementExpressionOf(start: Token): Expression {
    const opening = this.peek(1);
    if (start.kind === 'name' && opening.text === '(' && opening.match >= 0) {
      const after = this.tokens[opening.match + 1]!;
      const isOnNextLine = after.line !== this.tokens[opening.match]!.line;
      if (isOnNextLine && (after.text === '*' || after.text === '++' || after.text === '--')) return this.unary();
    }
    return this.expression();
  }

  /** `DECLARE_BITMAP(map, 8) = { 0 };`, `DARRAY(struct x *) list = { 0 };`: a macro that stands for a type. */
  private macroDeclaration(): Statement | null {
    const opening = this.peek(1);
    if (this.current.kind !== 'name' || opening.text !== '(' || opening.match < 0) return null;
    const after = this.tokens[opening.match + 1]!;
    const { line } = this.current;
    if (after.text === '=' && this.tokens[opening.match + 2]!.text === '{') {
      const item = this.macroWithInitialiser({ line, storage: [], attributes: [], base: null });
      return declaration(line, item);
    }
    const holdsType = this.peek(2).kind === 'keyword' && this.startsType(this.peek(2));
    if (after.kind !== 'name' || !holdsType || !endsDeclarator(this.tokens[opening.match + 2]!)) return null;
    const base: TypeSyntax = { kind: 'macro', name: this.name(), args: this.callArguments() };
    const specifiers = { line, storage: [], attributes: [], base };
    return declaration(line, this.declaredNames(specifiers, this.declarator(base, false)));
  }

  /** `MACRO(args) = initialiser;`. The declared name is the argument that is a name: the second of `DEFINE_PER_CPU(type, name)`. */
  protected macroWithInitialiser({ line, storage, attributes }: Specifiers): DeclarationItem {
    const macro = this.name();
    const args = this.callArguments();
    this.expect('=');
    const initialiser = this.initialiser();
    this.semicolon();
    const type: TypeSyntax = { kind: 'macro', name: macro, args };
    const nameAt = /^DE(?:FINE|CLARE)_PER_CPU/.test(macro) ? 1 : 0;
    const name = args[nameAt]?.text ?? macro;
    if (name !== macro) this.declare(name, false);
    const declared = { name, line, type, initialiser, attributes: [], bits: null };
    return { kind: 'declaration', line, storage, attributes, base: type, names: [declared] };
  }

  /** Whether the name at `at` begins a declaration. */
  private startsDeclaration(): boolean {
    const { text, line } = this.current;
    const next = this.peek(1);
    if (annotations.has(text)) return next.text !== '(' || this.isDeclarationBehind(next);
    const known = this.lookUp(text);
    if (known === false) return false;
    if (next.kind === 'name') {
      if (known) return true;
      // Two unknown names: a type and what is declared, or a macro before a statement, which would be on another line.
      return next.line === line && (annotations.has(next.text) || endsDeclarator(this.peek(2)));
    }
    if (next.kind === 'keyword') return this.startsType(next) || this.startsDeclarationWord(next);
    if (next.text === '*') {
      let offset = 2;
      while (this.peek(offset).text === '*' || this.startsType(this.peek(offset))) offset++;
      const name = this.peek(offset);
      if (known) return name.kind === 'name' || this.peek(offset).text === '(';
      return next.line === line && name.kind === 'name' && endsDeclarator(this.peek(offset + 1));
    }
    if (next.text !== '(' || next.match < 0) return false;
    if (known) return this.peek(2).text === '*';
    return this.isDeclarationBehind(next);
  }

  /** `MACRO(args) struct x y;`: behind the parenthesis a type begins, on the same line. */
  private isDeclarationBehind(opening: Token): boolean {
    if (opening.match < 0) return false;
    const closing = this.tokens[opening.match]!;
    const after = this.tokens[opening.match + 1]!;
    if (after.line !== closing.line) return false;
    return this.startsDeclarationWord(after) || (after.kind === 'name' && this.isType(after.text));
  }

  protected specifiersWithType(): Specifiers & { readonly base: TypeSyntax } {
    const specifiers = this.specifiers();
    const { base } = specifiers;
    if (base === null) this.fail('expected a type');
    return { ...specifiers, base };
  }

  private declarationStatement(): Statement {
    const { line } = this.current;
    const specifiers = this.specifiers();
    const { base, storage, attributes } = specifiers;
    if (base === null) {
      // `static DEFINE_MUTEX(lock);`
      if (this.current.kind !== 'name' || this.peek(1).text !== '(') this.fail('expected a type');
      const name = this.name();
      const macro: TypeSyntax = { kind: 'macro', name, args: this.callArguments() };
      this.semicolon();
      return declaration(line, { kind: 'declaration', line, storage, attributes, base: macro, names: [] });
    }
    if (this.accept(';')) return declaration(line, { kind: 'declaration', line, storage, attributes, base, names: [] });
    const first = this.declarator(base, false);
    if (first.type.kind === 'function' && this.is('{')) {
      return { kind: 'nestedFunction', line, function: this.function({ ...specifiers, base }, first, []) };
    }
    return declaration(line, this.declaredNames({ ...specifiers, base }, first));
  }

  /** A function whose header has been read, at its opening brace. */
  protected function(specifiers: Specifiers, header: Declarator, attributes: readonly Attribute[]): FunctionItem {
    const name = header.name ?? '';
    const { type } = header;
    if (type.kind !== 'function') return this.fail(`'${name}' has a body but no parameters`);
    this.declare(name, false);
    const body = this.functionBody(name, type);
    return {
      kind: 'function',
      name,
      line: header.line,
      endLine: body.endLine,
      storage: specifiers.storage,
      attributes: [...specifiers.attributes, ...header.attributes, ...attributes],
      type,
      body,
    };
  }

  /** The rest of the tokens as statements. */
  protected statementsToEnd(): Statement[] {
    const statements: Statement[] = [];
    while (this.current.kind !== 'end') statements.push(this.statement());
    return statements;
  }

  protected isAsmWord(text: string): boolean {
    return asmWords.has(text);
  }
}

function declaration(line: number, item: DeclarationItem): Statement {
  return { kind: 'declaration', line, declaration: item };
}

function nameOf(call: Expression & { readonly kind: 'call' }): string {
  return call.callee.kind === 'name' ? call.callee.name : '';
}

/** What can follow the declared name. */
function endsDeclarator({ text, kind }: Token): boolean {
  return text === ';' || text === '=' || text === ',' || text === '[' || (kind === 'name' && annotations.has(text));
}

/** A token behind a `}` that shows that the braces were part of an expression. */
function continuesExpression({ kind, text }: Token): boolean {
  return kind === 'punctuator' && /^(?:[),;.=]|->|\])$/.test(text);
}
