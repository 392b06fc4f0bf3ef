import type { Attribute, Expression, FieldSyntax, TypeSyntax } from './ast.js';
import { annotations } from './attributes.js';
import { SyntaxFailure } from './cursor.js';
import { attributeWords, TypeParser } from './parseType.js';
import { unmatched } from './token.js';

/** Structs, unions and enums with their members. */
export abstract class RecordParser extends TypeParser {
  protected override record(record: 'struct' | 'union', attributes: Attribute[]): TypeSyntax {
    const { line } = this.current;
    this.at++;
    this.tagAttributes(attributes);
    // An unknown annotation: `struct __some_packing tag {`.
    if (this.current.kind === 'name' && this.peek(1).kind === 'name' && this.peek(2).text === '{') this.at++;
    let tag = this.current.kind === 'name' ? this.name() : null;
    if (tag !== null && this.is('(') && /^[A-Z_][A-Z0-9_]*$/.test(tag) && this.peek(1).text !== '*') {
      // The tag is made by a macro.
      const start = this.at - 1;
      this.at = this.open('(') + 1;
      tag = this.textBetween(start, this.at);
    }
    if (!this.is('{')) {
      if (tag === null) this.fail(`expected the name of a ${record}`);
      return { kind: 'record', record, tag, fields: null, line, endLine: line };
    }
    const partner = this.open('{');
    this.enter();
    const fields: FieldSyntax[] = [];
    while (this.at < partner) this.fieldsOrSkip(partner, fields);
    this.leave();
    const endLine = this.current.line;
    this.close(partner);
    return { kind: 'record', record, tag, fields, line, endLine };
  }

  /** `struct __packed x { … }` says the same as `struct x { … } __packed`. */
  private tagAttributes(attributes: Attribute[]): void {
    for (;;) {
      if (attributeWords.has(this.text)) attributes.push(...this.gnuAttributes());
      else if (annotations.has(this.text)) attributes.push(this.anyAnnotation());
      else return;
    }
  }

  /** Members up to a semicolon. A member that cannot be read is reported and left out. */
  private fieldsOrSkip(partner: number, fields: FieldSyntax[]): void {
    const { at, depth } = this;
    const scopeCount = this.scopes.length;
    try {
      this.fields(partner, fields);
    } catch (failure) {
      if (!(failure instanceof SyntaxFailure)) throw failure;
      this.reportFailure(failure);
      this.at = at;
      this.depth = depth;
      this.scopes.length = scopeCount;
      while (this.at < partner && !this.is(';')) {
        const { match } = this.current;
        this.at = match > this.at ? match + 1 : this.at + 1;
      }
    }
  }

  private fields(partner: number, fields: FieldSyntax[]): void {
    if (this.accept(';')) return;
    const start = this.current;
    if (this.isFieldMacro(partner)) {
      const name = this.name();
      const group = /^(?:__)?struct_group/.test(name) ? this.structGroup(name) : null;
      if (group) fields.push(...group);
      else {
        const type: TypeSyntax = { kind: 'macro', name, args: this.is('(') ? this.callArguments() : [] };
        fields.push({ name: null, type, bits: null, line: start.line, attributes: [] });
      }
      if (this.at < partner) this.accept(';');
      return;
    }
    const { base, attributes } = this.specifiers();
    if (base === null) this.fail('expected the type of a member', start.kind === 'name' ? this.current : start);
    if (this.is(';')) {
      this.at++;
      fields.push({ name: null, type: base, bits: null, line: start.line, attributes });
      return;
    }
    for (;;) {
      const declarator = this.declarator(base, true);
      const bits = this.accept(':') ? this.conditional() : null;
      if (declarator.name === null && bits === null) this.fail('expected the name of a member');
      const own = [...attributes, ...declarator.attributes, ...this.trailingAttributes()];
      fields.push({ name: declarator.name, type: declarator.type, bits, line: declarator.line, attributes: own });
      if (!this.accept(',')) break;
    }
    this.expect(';');
  }

  /** `DECLARE_BITMAP(x, n);`, or a bare macro on its own line. */
  private isFieldMacro(partner: number): boolean {
    if (this.current.kind !== 'name') return false;
    const next = this.peek(1);
    if (next.text !== '(') {
      return next.text === ';' ? !this.isType(this.text) : this.at + 1 === partner;
    }
    if (next.match === unmatched) return false;
    const after = this.tokens[next.match + 1]!;
    if (after.text === ';' || next.match + 1 === partner) return true;
    return after.line !== this.tokens[next.match]!.line && after.text !== '(' && !this.isType(this.text);
  }

  /** `struct_group(name, members…)`: the members, and a struct of them with that name; null if it cannot be read. */
  private structGroup(macro: string): FieldSyntax[] | null {
    const { at } = this;
    const { line } = this.current;
    const partner = this.open('(');
    const parts =
      macro === '__struct_group' ? 3 : macro === 'struct_group_tagged' || macro === 'struct_group_attr' ? 2 : 1;
    const names: string[] = [];
    for (let count = 0; count < parts; count++) {
      names.push(this.current.kind === 'name' ? this.text : '');
      while (this.at < partner && !this.is(',')) this.at = Math.max(this.at, this.current.match) + 1;
      if (this.at === partner) {
        this.at = at;
        return null;
      }
      this.at++;
    }
    const fields: FieldSyntax[] = [];
    this.enter();
    while (this.at < partner) this.fieldsOrSkip(partner, fields);
    this.leave();
    this.close(partner);
    const name = macro === '__struct_group' || macro === 'struct_group_tagged' ? names[1]! : names[0]!;
    const tag = macro === '__struct_group' || macro === 'struct_group_tagged' ? names[0]! || null : null;
    const group = (tagOfGroup: string | null): TypeSyntax => ({
      kind: 'record',
      record: 'struct',
      tag: tagOfGroup,
      fields,
      line,
      endLine: line,
    });
    const member = (memberName: string | null, type: TypeSyntax): FieldSyntax => ({
      name: memberName,
      type,
      bits: null,
      line,
      attributes: [],
    });
    const both = [member(null, group(null)), member(name, group(tag))];
    return [member(null, { kind: 'record', record: 'union', tag: null, fields: both, line, endLine: line })];
  }

  protected override enumeration(attributes: Attribute[]): TypeSyntax {
    const { line } = this.current;
    this.at++;
    this.tagAttributes(attributes);
    const tag = this.current.kind === 'name' ? this.name() : null;
    if (!this.is('{')) {
      if (tag === null) this.fail('expected the name of an enum');
      return { kind: 'enum', tag, enumerators: null, line };
    }
    const partner = this.open('{');
    const enumerators: { readonly name: string; readonly value: Expression | null; readonly line: number }[] = [];
    while (this.at < partner) {
      const token = this.current;
      const name = this.name();
      if (this.is('(') || (this.current.kind === 'name' && !this.continuesLine)) {
        // A macro that stands for enumerators.
        if (this.is('(')) this.callArguments();
        this.report(token, 'note', `the enumerators that the macro ${name} stands for are not known`);
        this.accept(',');
        continue;
      }
      this.trailingAttributes();
      const value = this.accept('=') ? this.conditional() : null;
      enumerators.push({ name, value, line: token.line });
      this.declare(name, false);
      if (this.at < partner) this.expect(',');
    }
    this.close(partner);
    return { kind: 'enum', tag, enumerators, line };
  }
}
