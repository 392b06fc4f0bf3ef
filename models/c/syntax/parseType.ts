import type {
  Attribute,
  DeclarationItem,
  DeclaredName,
  Expression,
  MacroArgument,
  ParameterSyntax,
  TypeName,
  TypeSyntax,
} from './ast.js';
import { annotations, annotationsWithArguments, storageAnnotations } from './attributes.js';
import { maximalDepth } from './cursor.js';
import { ArgumentParser } from './parseArgument.js';
import { unmatched, type Token } from './token.js';

/** What stands in front of the declared names. `base` is null where no type was found. */
export interface Specifiers {
  readonly line: number;
  readonly storage: string[];
  readonly attributes: Attribute[];
  readonly base: TypeSyntax | null;
}

/** What one declarator makes of the specifiers' type. */
export interface Declarator {
  /** Null for an abstract one. */
  readonly name: string | null;
  readonly line: number;
  readonly type: TypeSyntax;
  readonly attributes: readonly Attribute[];
}

/** Storage words, by the spelling that is kept. */
const storageWords = new Map([
  ...['typedef', 'extern', 'static', 'register', 'auto', 'inline', '_Noreturn', '_Thread_local'].map(
    (word): [string, string] => [word, word],
  ),
  ['__inline', 'inline'],
  ['__inline__', 'inline'],
  ['__thread', '_Thread_local'],
]);

const qualifiers = new Map([
  ['const', 'const'],
  ['__const', 'const'],
  ['__const__', 'const'],
  ['volatile', 'volatile'],
  ['__volatile', 'volatile'],
  ['__volatile__', 'volatile'],
  ['restrict', 'restrict'],
  ['__restrict', 'restrict'],
  ['__restrict__', 'restrict'],
  ['_Atomic', '_Atomic'],
]);

const arithmeticWords = new Map([
  ...[
    'void',
    'char',
    'short',
    'int',
    'long',
    'float',
    'double',
    'signed',
    'unsigned',
    '_Bool',
    '__int128',
    '_Complex',
  ].map((word): [string, string] => [word, word]),
  ['__signed__', 'signed'],
  ['__signed', 'signed'],
  ['__complex__', '_Complex'],
]);

const typeofWords = new Set(['typeof', '__typeof__', '__typeof', 'typeof_unqual', '__typeof_unqual__']);
const typeWords = new Set(['struct', 'union', 'enum', '__auto_type', ...typeofWords, ...arithmeticWords.keys()]);
export const attributeWords: ReadonlySet<string> = new Set(['__attribute__', '__attribute', '_Alignas']);

/** `__something` or capitals. */
function looksLikeMacro(name: string): boolean {
  return name.startsWith('__') || /^[A-Z][A-Z0-9_]+$/.test(name);
}

/** Types and declarations. */
export abstract class TypeParser extends ArgumentParser {
  /** A struct or union, at its keyword. */
  protected abstract record(record: 'struct' | 'union', attributes: Attribute[]): TypeSyntax;
  /** An enum, at its keyword. */
  protected abstract enumeration(attributes: Attribute[]): TypeSyntax;

  protected override startsType({ kind, text }: Token): boolean {
    if (kind === 'keyword') return typeWords.has(text) || qualifiers.has(text) || attributeWords.has(text);
    return kind === 'name' && (annotations.has(text) || this.isType(text));
  }

  /** A keyword that only a declaration can begin with. */
  protected startsDeclarationWord({ kind, text }: Token): boolean {
    return kind === 'keyword' && (typeWords.has(text) || qualifiers.has(text) || storageWords.has(text));
  }

  protected override typeName(): TypeName {
    const { line } = this.current;
    const { base, storage } = this.specifiers();
    if (base === null || storage.length > 0) this.fail('expected a type');
    const { name, type } = this.declarator(base, true);
    if (name !== null) this.fail(`expected a type without the name '${name}'`, this.tokens[this.at - 1]);
    return { kind: 'typeName', line, type };
  }

  protected specifiers(): Specifiers {
    const { line } = this.current;
    const storage: string[] = [];
    const attributes: Attribute[] = [];
    const words: string[] = [];
    let base: TypeSyntax | null = null;
    for (;;) {
      const token = this.current;
      const { kind, text } = token;
      if (kind === 'keyword') {
        const storageWord = storageWords.get(text);
        const qualifier = qualifiers.get(text);
        const arithmetic = arithmeticWords.get(text);
        if (storageWord !== undefined) {
          storage.push(storageWord);
          this.at++;
        } else if (qualifier !== undefined) {
          attributes.push({ name: qualifier, args: null });
          this.at++;
        } else if (arithmetic !== undefined) {
          if (base !== null) this.fail(`a second type (is a ';' missing?)`);
          words.push(arithmetic);
          this.at++;
        } else if (attributeWords.has(text)) {
          attributes.push(...this.gnuAttributes());
        } else if (text === '__extension__') {
          this.at++;
        } else if (typeWords.has(text)) {
          if (base !== null || words.length > 0) this.fail(`a second type (is a ';' missing?)`);
          base = this.tagOrTypeof(attributes);
        } else {
          break;
        }
      } else if (kind !== 'name') {
        break;
      } else if (annotations.has(text) && !this.isNameInstead(base !== null || words.length > 0)) {
        this.annotation(storage, attributes);
      } else if (base !== null || words.length > 0) {
        if (!this.isAnnotationBeforeName()) break;
        attributes.push(this.anyAnnotation());
      } else if (this.isAnnotationBeforeType()) {
        attributes.push(this.anyAnnotation());
      } else if (this.peek(1).text === '(' && !this.isType(text)) {
        base = this.typeMacro();
        if (base === null) break;
      } else {
        this.at++;
        base = { kind: 'name', name: text };
      }
    }
    return { line, storage, attributes, base: base ?? (words.length > 0 ? this.arithmeticType(words) : null) };
  }

  /** A member that is called like an annotation: `u32 __unused[4]`. */
  private isNameInstead(hasType: boolean): boolean {
    return hasType && this.peek(1).text === '[';
  }

  private annotation(storage: string[], attributes: Attribute[]): void {
    if (storageAnnotations.has(this.text)) {
      storage.push(this.name());
    } else {
      attributes.push(this.anyAnnotation());
    }
  }

  /** Name and, if it takes them, arguments. */
  protected anyAnnotation(): Attribute {
    const name = this.name();
    const takesArguments = annotationsWithArguments.has(name) || !annotations.has(name);
    const hasArguments = takesArguments && this.is('(') && this.current.match > 0;
    return { name, args: hasArguments ? this.callArguments() : null };
  }

  /** Behind the type, what looks like a macro before another name on the line: `int __some_macro x`. */
  private isAnnotationBeforeName(): boolean {
    const next = this.peek(1);
    if (!looksLikeMacro(this.text)) return false;
    if (next.line !== this.current.line) return this.isAnnotationBeforeFunction();
    if (next.text === '*') return true;
    if (this.text.startsWith('__') && annotations.has(next.text)) return this.nameIsBehindAnnotations();
    return next.kind === 'name' && !annotations.has(next.text) && !/^[A-Z_]+$/.test(next.text);
  }

  /** `int __some_section` in the line before `name(…)`. */
  private isAnnotationBeforeFunction(): boolean {
    if (this.functionName !== null || !this.text.startsWith('__')) return false;
    return this.peek(1).kind === 'name' && this.peek(2).text === '(';
  }

  /** `MACRO(…)` at file scope, with a new item in the next line: its semicolon is missing, or it needs none. */
  private isMacroItem(): boolean {
    const opening = this.peek(1);
    if (this.functionName !== null || opening.text !== '(' || opening.match < 0) return false;
    if (this.current.column > 1 && this.text.startsWith('__')) return false;
    const after = this.tokens[opening.match + 1]!;
    return after.column === 1 && after.line !== this.tokens[opening.match]!.line;
  }

  /** `__some_macro __force *`, and not `__some_name __read_mostly;`. */
  private nameIsBehindAnnotations(): boolean {
    let offset = 1;
    while (annotations.has(this.peek(offset).text)) offset++;
    const { kind, text } = this.peek(offset);
    return kind === 'name' || text === '*' || text === ')';
  }

  /** Before the type, an unknown name or call: `MACRO_FOR_ALIGNMENT(8) struct x y;`. */
  private isAnnotationBeforeType(): boolean {
    if (this.isType(this.text)) return false;
    let index = this.at + 1;
    if (this.isMacroItem()) return false;
    // Further annotations may stand in between.
    for (;;) {
      const { text, match } = this.tokens[index]!;
      if (text === '(' && match > 0) index = match + 1;
      else if (annotations.has(text)) index++;
      else return this.isCertainType(this.tokens[index]!);
    }
  }

  private isCertainType({ kind, text, line }: Token): boolean {
    if (kind === 'keyword') {
      return typeWords.has(text) || storageWords.has(text) || (text === 'const' && line === this.current.line);
    }
    const isContinued = line === this.current.line || (this.functionName === null && looksLikeMacro(this.text));
    return kind === 'name' && isContinued && this.isType(text);
  }

  /** `MACRO(args)` that stands for a type, because a name follows; null if it does not. */
  private typeMacro(): TypeSyntax | null {
    const opening = this.peek(1);
    if (opening.match === unmatched) return null;
    const after = this.tokens[opening.match + 1]!;
    // `unknown_type (*pointer)(…)`
    if (this.peek(2).text === '*' && after.text === '(') return { kind: 'name', name: this.name() };
    if (after.line !== this.tokens[opening.match]!.line) return null;
    if (after.kind !== 'name' && after.text !== '*') return null;
    const name = this.name();
    return { kind: 'macro', name, args: this.callArguments() };
  }

  private arithmeticType(words: readonly string[]): TypeSyntax {
    const has = (word: string): boolean => words.includes(word);
    const longs = words.filter((word) => word === 'long').length;
    const unsigned = has('unsigned') ? 'unsigned ' : '';
    if (has('_Complex') || has('float')) return { kind: 'base', name: words.join(' ') };
    if (has('void')) return { kind: 'base', name: 'void' };
    if (has('_Bool')) return { kind: 'base', name: '_Bool' };
    if (has('double')) return { kind: 'base', name: longs > 0 ? 'long double' : 'double' };
    if (has('char')) return { kind: 'base', name: has('signed') ? 'signed char' : `${unsigned}char` };
    if (has('short')) return { kind: 'base', name: `${unsigned}short` };
    if (has('__int128')) return { kind: 'base', name: `${unsigned}__int128` };
    return { kind: 'base', name: unsigned + (longs === 0 ? 'int' : longs === 1 ? 'long' : 'long long') };
  }

  private tagOrTypeof(attributes: Attribute[]): TypeSyntax {
    const { text } = this.current;
    if (text === 'struct' || text === 'union') return this.record(text, attributes);
    if (text === 'enum') return this.enumeration(attributes);
    this.at++;
    if (text === '__auto_type') return { kind: 'typeof', of: null };
    const partner = this.open('(');
    this.enter();
    const of = this.typeofOperand(partner);
    this.leave();
    this.close(partner);
    return { kind: 'typeof', of };
  }

  private typeofOperand(partner: number): Expression | TypeName {
    if (this.current.kind === 'keyword' && this.startsType(this.current)) return this.typeName();
    const type = this.startsType(this.current) ? this.attempt(partner, () => this.typeName()) : null;
    return type ?? this.attempt(partner, () => this.expression()) ?? this.typeName();
  }

  /** One declarator over the type of the specifiers; `abstract`: the name may be missing. */
  protected declarator(base: TypeSyntax, abstract: boolean): Declarator {
    this.enter();
    const result = this.declaratorWithin(base, abstract);
    this.leave();
    return result;
  }

  private declaratorWithin(base: TypeSyntax, abstract: boolean): Declarator {
    const attributes: Attribute[] = [];
    let type = base;
    let stars = 0;
    for (;;) {
      const { kind, text } = this.current;
      if (text === '*') {
        this.at++;
        if (++stars > maximalDepth) this.fail('too many pointers', this.current, true);
        type = { kind: 'pointer', to: type };
      } else if (kind === 'keyword' && qualifiers.has(text)) {
        attributes.push({ name: qualifiers.get(text)!, args: null });
        this.at++;
      } else if (kind === 'keyword' && attributeWords.has(text)) {
        attributes.push(...this.gnuAttributes());
      } else if (
        kind === 'name' &&
        ((annotations.has(text) && !this.isNameInstead(true)) || this.isAnnotationBeforeName())
      ) {
        attributes.push(this.anyAnnotation());
      } else {
        break;
      }
    }
    const { line } = this.current;
    if (this.is('(') && this.current.match > 0 && this.opensDeclarator(abstract)) {
      const partner = this.open('(');
      const inside = this.at;
      this.at = partner + 1;
      const outer = this.suffixes(type);
      const end = this.at;
      this.at = inside;
      const inner = this.declarator(outer, abstract);
      this.close(partner);
      this.at = end;
      return { ...inner, attributes: [...attributes, ...inner.attributes] };
    }
    let name: string | null = null;
    if (this.current.kind === 'name') name = this.name();
    else if (!abstract) this.fail('expected a name');
    return { name, line, type: this.suffixes(type), attributes };
  }

  /** Whether a parenthesis holds a declarator, and not parameters. */
  private opensDeclarator(abstract: boolean): boolean {
    if (!abstract) return true;
    const next = this.peek(1);
    if (next.text === '*' || next.text === '(' || next.text === '[' || next.text === '^') return true;
    return next.kind === 'name' && !this.isType(next.text) && !annotations.has(next.text)
      ? this.peek(2).text === ')' || this.peek(2).text === '('
      : next.kind === 'name' && annotations.has(next.text) && this.peek(2).text === '*';
  }

  /** `[n]` and `(parameters)` behind a declarator. */
  private suffixes(base: TypeSyntax): TypeSyntax {
    const wraps: ((inner: TypeSyntax) => TypeSyntax)[] = [];
    for (;;) {
      if (wraps.length > maximalDepth) this.fail('too many dimensions', this.current, true);
      if (this.is('[')) {
        const partner = this.open('[');
        while (this.accept('static') || qualifiers.has(this.text)) if (qualifiers.has(this.text)) this.at++;
        const length = this.at === partner ? null : this.expression();
        this.close(partner);
        wraps.push((of) => ({ kind: 'array', of, length }));
      } else if (this.is('(')) {
        const { parameters, variadic } = this.parameters();
        wraps.push((returns) => ({ kind: 'function', returns, parameters, variadic }));
      } else {
        break;
      }
    }
    return wraps.reduceRight((type, wrap) => wrap(type), base);
  }

  private parameters(): { readonly parameters: ParameterSyntax[]; readonly variadic: boolean } {
    const partner = this.open('(');
    const parameters: ParameterSyntax[] = [];
    let variadic = false;
    if (this.is('void') && this.at + 1 === partner) this.at++;
    this.scopes.push(new Map());
    while (this.at < partner) {
      if (this.accept('...')) {
        variadic = true;
        break;
      }
      const { base, attributes } = this.specifiers();
      if (base === null) {
        // A macro that stands for a parameter.
        if (this.current.kind !== 'name' || this.peek(1).text !== '(') this.fail('expected the type of a parameter');
        const type: TypeSyntax = { kind: 'macro', name: this.name(), args: this.callArguments() };
        parameters.push({ name: null, type, attributes });
        if (this.at < partner) this.expect(',');
        continue;
      }
      const declarator = this.declarator(base, true);
      const own = [...attributes, ...declarator.attributes, ...this.trailingAttributes()];
      parameters.push({ name: declarator.name, type: declarator.type, attributes: own });
      if (declarator.name !== null) this.declare(declarator.name, false);
      if (this.at < partner) this.expect(',');
    }
    this.scopes.pop();
    this.close(partner);
    return { parameters, variadic };
  }

  /** Attributes, annotations and `asm("symbol")` behind a declarator. */
  protected trailingAttributes(): Attribute[] {
    const attributes: Attribute[] = [];
    for (;;) {
      const { kind, text } = this.current;
      if (kind === 'keyword' && attributeWords.has(text)) {
        attributes.push(...this.gnuAttributes());
      } else if (kind === 'keyword' && /^(?:asm|__asm__|__asm)$/.test(text)) {
        this.at++;
        attributes.push({ name: 'asm', args: this.callArguments() });
      } else if (kind === 'name' && (annotations.has(text) || this.isTrailingMacro(text))) {
        attributes.push(this.anyAnnotation());
      } else {
        return attributes;
      }
    }
  }

  /** An unknown name behind a declarator that looks like a macro. On another line it could be a statement. */
  private isTrailingMacro(name: string): boolean {
    const isContinued = this.continuesLine || (this.functionName === null && this.current.column > 1);
    return isContinued && !this.isType(name) && looksLikeMacro(name);
  }

  /** `__attribute__((a, b(c)))`, `_Alignas(x)`. Names lose the underscores around them. */
  protected gnuAttributes(): Attribute[] {
    const { text } = this.current;
    this.at++;
    if (text === '_Alignas') return [{ name: text, args: this.callArguments() }];
    const outer = this.open('(');
    const inner = this.open('(');
    const attributes: Attribute[] = [];
    while (this.at < inner) {
      if (this.accept(',')) continue;
      const { kind } = this.current;
      if (kind !== 'name' && kind !== 'keyword') this.fail('expected an attribute');
      const name = this.text.replace(/^__(.+)__$/, '$1');
      this.at++;
      const args: MacroArgument[] | null = this.is('(') ? this.callArguments() : null;
      attributes.push({ name, args });
    }
    this.close(inner);
    this.close(outer);
    return attributes;
  }

  /** The names behind `specifiers`, up to and with the semicolon. The first declarator may have been read already. */
  protected declaredNames(specifiers: Specifiers & { readonly base: TypeSyntax }, first: Declarator): DeclarationItem {
    const { line, storage, attributes, base } = specifiers;
    const isType = storage.includes('typedef');
    const names: DeclaredName[] = [];
    for (let declarator = first; ; declarator = this.declarator(base, false)) {
      const bits = this.accept(':') ? this.conditional() : null;
      const own = [...declarator.attributes, ...this.trailingAttributes()];
      const name = declarator.name ?? this.fail('expected a name');
      this.declare(name, isType);
      const initialiser = this.accept('=') ? this.initialiser() : null;
      if (initialiser) own.push(...this.trailingAttributes());
      names.push({ name, line: declarator.line, type: declarator.type, initialiser, attributes: own, bits });
      if (this.at === this.argumentEnd || !this.accept(',')) break;
    }
    this.expect(';');
    return { kind: 'declaration', line, storage, attributes, base, names };
  }
}
