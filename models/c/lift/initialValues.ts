import type { CType } from '../../program/cType.js';
import type { Expression, Initialiser, InitialiserElement } from '../syntax/ast.js';
import type { SemanticType } from '../declarations/semanticType.js';
import type { TableContext } from './opsTables.js';
import { constantOf } from './opsTables.js';

/** What a variable is before anything runs. */
export interface InitialValues {
  /** By path from the variable: `member`, `list[2].member`; of one that is no struct the path begins with `value`. Others are 0. */
  readonly values: Readonly<Record<string, string | number>>;
  /** Program names of functions with source among the values. */
  readonly functions: readonly string[];
  /** C names of variables whose addresses are among the values. */
  readonly variables: readonly string[];
  /** Parts without a form, with the reason. */
  readonly skipped: readonly string[];
}

/** A part of a variable on the way. */
interface Part {
  readonly path: string;
  readonly type: SemanticType;
  readonly ctype: CType;
}

/** Reads the initialiser of a variable that lives as long as the system. */
export function initialValuesOf(
  type: SemanticType,
  ctype: CType,
  initialiser: Initialiser,
  context: TableContext,
): InitialValues {
  const reader = new Reader(context);
  reader.read({ path: ctype.kind === 'struct' ? '' : 'value', type, ctype }, initialiser);
  return reader;
}

class Reader implements InitialValues {
  readonly values: Record<string, string | number> = {};
  readonly functions: string[] = [];
  readonly variables: string[] = [];
  readonly skipped: string[] = [];
  private readonly context: TableContext;

  constructor(context: TableContext) {
    this.context = context;
  }

  read(part: Part, initialiser: Initialiser): void {
    const isAggregate = part.ctype.kind === 'struct' || part.ctype.kind === 'array';
    if (initialiser.kind === 'list' && isAggregate) {
      this.fill(part, initialiser.elements, 0, true);
      return;
    }
    const inner = initialiser.kind === 'list' ? initialiser.elements[0]?.value : initialiser;
    if (inner === undefined) return;
    if (inner.kind === 'expression' && inner.value.kind === 'compoundLiteral')
      return this.read(part, inner.value.initialiser);
    const found = isAggregate ? null : constantOf(inner, this.context);
    if (found === null) {
      this.skipped.push(`${part.path || 'it'} is set to something that is no number, function or address`);
      return;
    }
    if (found.value !== 0) this.values[part.path] = found.value;
    if (found.function !== undefined) this.functions.push(found.function);
    if (found.variable !== undefined) this.variables.push(found.variable);
  }

  /** As `FunctionLifter.fill`: gives the position behind the last element that it took. */
  private fill(part: Part, elements: readonly InitialiserElement[], start: number, braced: boolean): number {
    const { type, ctype } = part;
    const { types, declarations } = this.context;
    const record = type.kind === 'record' ? type.tag : null;
    const members = ctype.kind === 'struct' ? types.positionalFields(ctype.tag, record, declarations) : [];
    const count = ctype.kind === 'array' && typeof ctype.length === 'number' ? ctype.length : members.length;
    let next = 0;
    let index = start;
    while (index < elements.length) {
      const { designators, value } = elements[index]!;
      const [first] = designators;
      if (!braced && (first !== undefined || next >= count)) return index;
      let targets: (Part | null)[] = [part];
      if (first === undefined) {
        targets = [ctype.kind === 'array' ? this.at(part, next) : this.member(part, members[next] ?? '')];
        next += 1;
      } else {
        for (const designator of designators) {
          targets = targets.flatMap((target) => {
            if (target === null) return [null];
            if (designator.kind === 'field') return [this.member(target, designator.name)];
            const low = this.number(designator.low);
            const high = designator.high === null ? low : this.number(designator.high);
            if (low === null || high === null) return [null];
            return Array.from({ length: Math.max(0, high - low + 1) }, (_, offset) => this.at(target, low + offset));
          });
        }
        next = (first.kind === 'field' ? members.indexOf(first.name) : (this.number(first.high ?? first.low) ?? 0)) + 1;
      }
      const [target] = targets;
      const takesSeveral =
        target &&
        value.kind === 'expression' &&
        value.value.kind !== 'compoundLiteral' &&
        value.value.kind !== 'string' &&
        (target.ctype.kind === 'struct' || target.ctype.kind === 'array');
      if (takesSeveral) {
        const after = this.fill(target, elements, index, false);
        if (after > index) {
          index = after;
          continue;
        }
      }
      for (const each of targets) {
        if (each) this.read(each, value);
        else this.skipped.push('a member or element that is not there is set');
      }
      index += 1;
    }
    return index;
  }

  private number(expression: Expression): number | null {
    const constant = this.context.declarations.evaluate(expression);
    return constant === null ? null : Number(constant.value);
  }

  private member(part: Part, field: string): Part | null {
    const { types, declarations } = this.context;
    if (part.ctype.kind !== 'struct') return null;
    const record = part.type.kind === 'record' ? part.type.tag : null;
    const found = types.field(part.ctype.tag, record, field, declarations);
    return found && { path: part.path === '' ? field : `${part.path}.${field}`, type: found.type, ctype: found.ctype };
  }

  private at(part: Part, index: number): Part | null {
    const { type, ctype } = part;
    if (ctype.kind !== 'array' || (typeof ctype.length === 'number' && index >= ctype.length)) return null;
    return {
      path: `${part.path}[${index}]`,
      type: type.kind === 'array' ? type.of : { kind: 'unknown', text: 'element' },
      ctype: ctype.of,
    };
  }
}
