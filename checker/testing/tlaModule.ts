/**
 * The part of TLA+ that exported modules are written in, evaluated directly: a stand-in for TLC where there is none, to count the
 * states of small models. Anything else is a syntax error.
 */

type Value = number | boolean | string | TlaSet | TlaRecord;
type TlaRecord = { readonly [field: string]: Value };
/** Elements by their printed form. */
type TlaSet = ReadonlyMap<string, Value>;
interface Scope {
  readonly name: string;
  readonly value: Value;
  readonly outer: Scope | null;
}
type Evaluate = (scope: Scope | null) => Value;
interface Definition {
  readonly parameters: readonly string[];
  readonly body: Evaluate;
}

/** Number of distinct states, and of transitions to them and to others, from `Start` by the steps that `Spec` names. */
export function countStates(module: string): { readonly states: number; readonly transitions: number } {
  const definitions = new Parser(module).definitions();
  const call = (name: string, ...args: Value[]): Value => apply(definitions, name, args);
  const steps = [...module.matchAll(/state' \\in (\w+)\(state\)/g)].map(([, name]) => name!);
  const seen = new Map<string, Value>();
  const queue: Value[] = [call('Start')];
  seen.set(keyOf(queue[0]!), queue[0]!);
  let transitions = 0;
  for (let head = 0; head < queue.length; head += 1) {
    for (const step of steps) {
      for (const [key, next] of setOf(call(step, queue[head]!))) {
        transitions += 1;
        if (seen.has(key)) continue;
        seen.set(key, next);
        queue.push(next);
      }
    }
  }
  return { states: seen.size, transitions };
}

function apply(definitions: ReadonlyMap<string, Definition>, name: string, args: readonly Value[]): Value {
  const definition = definitions.get(name);
  if (definition?.parameters.length !== args.length) throw new Error(`${name} with ${args.length} arguments`);
  let scope: Scope | null = null;
  definition.parameters.forEach((parameter, index) => (scope = { name: parameter, value: args[index]!, outer: scope }));
  return definition.body(scope);
}

function keyOf(value: Value): string {
  if (value instanceof Map) return `{${[...(value as TlaSet).keys()].sort().join()}}`;
  if (typeof value !== 'object') return typeof value === 'string' ? JSON.stringify(value) : String(value);
  return Object.values(value as TlaRecord)
    .map(keyOf)
    .join();
}

function setOf(value: Value): TlaSet {
  if (!(value instanceof Map)) throw new Error('a set expected');
  return value as TlaSet;
}

function truth(value: Value): boolean {
  if (typeof value !== 'boolean') throw new Error('a truth value expected');
  return value;
}

function record(value: Value): TlaRecord {
  if (typeof value !== 'object' || value instanceof Map) throw new Error('a record expected');
  return value as TlaRecord;
}

class Parser {
  private readonly tokens: readonly string[];
  private at = 0;
  private readonly defined = new Map<string, Definition>();

  constructor(module: string) {
    const [, body = ''] = /^VARIABLE state$([\s\S]*?)^Spec ==/m.exec(module) ?? [];
    const token = /\\union|\\in|\/\\|\\\/|\|->|->|==|>=|\[\]|[A-Za-z0-9_]+|"[^"]*"|[=#~<{}()[\],!.@]/y;
    const tokens: string[] = [];
    const text = body.replace(/\\\*.*$/gm, '').replace(/\s+/g, ' ');
    for (let at = 0; at < text.length;) {
      if (text[at] === ' ') {
        at += 1;
        continue;
      }
      token.lastIndex = at;
      const found = token.exec(text);
      if (!found) throw new Error(`not understood: ${text.slice(at, at + 40)}`);
      tokens.push(found[0]);
      at = token.lastIndex;
    }
    this.tokens = tokens;
  }

  definitions(): ReadonlyMap<string, Definition> {
    while (this.at < this.tokens.length) {
      if (this.accept('RECURSIVE')) {
        do {
          this.next();
          this.list('(', ')', () => this.expect('_'));
        } while (this.accept(','));
        continue;
      }
      const name = this.next();
      const parameters = this.peek() === '(' ? this.list('(', ')', () => this.next()) : [];
      this.expect('==');
      if (this.defined.has(name)) throw new Error(`${name} is defined twice`);
      this.defined.set(name, { parameters, body: this.expression(parameters) });
    }
    return this.defined;
  }

  private peek(ahead = 0): string {
    return this.tokens[this.at + ahead] ?? '';
  }

  private next(): string {
    this.at += 1;
    return this.tokens[this.at - 1] ?? '';
  }

  private accept(token: string): boolean {
    if (this.peek() !== token) return false;
    this.at += 1;
    return true;
  }

  private expect(token: string): void {
    const found = this.next();
    if (found !== token) throw new Error(`'${token}' expected, not '${found}'`);
  }

  private list<T>(open: string, close: string, item: () => T): T[] {
    this.expect(open);
    const items: T[] = [];
    while (!this.accept(close)) {
      if (items.length > 0) this.expect(',');
      items.push(item());
    }
    return items;
  }

  /** `known`: the names in scope, of which none may be hidden, as in TLA+. */
  private expression(known: readonly string[]): Evaluate {
    let left = this.conjunction(known);
    while (this.accept('\\/')) {
      const [first, second] = [left, this.conjunction(known)];
      left = (scope) => truth(first(scope)) || truth(second(scope));
    }
    return left;
  }

  private conjunction(known: readonly string[]): Evaluate {
    let left = this.comparison(known);
    while (this.accept('/\\')) {
      const [first, second] = [left, this.comparison(known)];
      left = (scope) => truth(first(scope)) && truth(second(scope));
    }
    return left;
  }

  private comparison(known: readonly string[]): Evaluate {
    if (this.accept('~')) {
      const operand = this.comparison(known);
      return (scope) => !truth(operand(scope));
    }
    const left = this.union(known);
    const operator = this.peek();
    if (!['=', '#', '>=', '<', '\\in'].includes(operator)) return left;
    this.next();
    const right = this.union(known);
    switch (operator) {
      case '=':
        return (scope) => keyOf(left(scope)) === keyOf(right(scope));
      case '#':
        return (scope) => keyOf(left(scope)) !== keyOf(right(scope));
      case '>=':
        return (scope) => (left(scope) as number) >= (right(scope) as number);
      case '<':
        return (scope) => (left(scope) as number) < (right(scope) as number);
      default:
        return (scope) => setOf(right(scope)).has(keyOf(left(scope)));
    }
  }

  private union(known: readonly string[]): Evaluate {
    let left = this.primary(known);
    while (this.accept('\\union')) {
      const [first, second] = [left, this.primary(known)];
      left = (scope) => new Map([...setOf(first(scope)), ...setOf(second(scope))]);
    }
    return left;
  }

  private primary(known: readonly string[]): Evaluate {
    let value = this.simple(known);
    while (this.accept('.')) {
      const [of, field] = [value, this.next()];
      value = (scope) => {
        const found = record(of(scope))[field];
        if (found === undefined) throw new Error(`no field ${field}`);
        return found;
      };
    }
    return value;
  }

  private simple(known: readonly string[]): Evaluate {
    const token = this.next();
    if (/^\d+$/.test(token)) return () => Number(token);
    if (token.startsWith('"')) return () => token.slice(1, -1);
    switch (token) {
      case 'TRUE':
      case 'FALSE':
        return () => token === 'TRUE';
      case '(': {
        const inner = this.expression(known);
        this.expect(')');
        return inner;
      }
      case '{': {
        this.at -= 1;
        const items = this.list('{', '}', () => this.expression(known));
        return (scope) =>
          new Map(
            items.map((item) => {
              const value = item(scope);
              return [keyOf(value), value] as const;
            }),
          );
      }
      case '[':
        return this.peek(1) === '|->' ? this.newRecord(known) : this.changedRecord(known);
      case 'IF': {
        const condition = this.expression(known);
        this.expect('THEN');
        const then = this.expression(known);
        this.expect('ELSE');
        const otherwise = this.expression(known);
        return (scope) => (truth(condition(scope)) ? then(scope) : otherwise(scope));
      }
      case 'LET': {
        const name = this.next();
        if (known.includes(name) || this.defined.has(name)) throw new Error(`${name} hides another`);
        this.expect('==');
        const value = this.expression(known);
        this.expect('IN');
        const body = this.expression([...known, name]);
        return (scope) => body({ name, value: value(scope), outer: scope });
      }
      case 'CASE':
        return this.cases(known);
      default:
        return this.named(token, known);
    }
  }

  private named(name: string, known: readonly string[]): Evaluate {
    if (name === '@' || known.includes(name)) {
      return (scope) => {
        let found = scope;
        while (found && found.name !== name) found = found.outer;
        return found!.value;
      };
    }
    if (!/^[A-Za-z]\w*$/.test(name)) throw new Error(`'${name}' is no expression`);
    const args = this.peek() === '(' ? this.list('(', ')', () => this.expression(known)) : [];
    if (name === 'Assert')
      return () => {
        throw new Error('an assertion fails');
      };
    return (scope) =>
      apply(
        this.defined,
        name,
        args.map((arg) => arg(scope)),
      );
  }

  private cases(known: readonly string[]): Evaluate {
    const cases: (readonly [Evaluate, Evaluate])[] = [];
    do {
      const condition = this.expression(known);
      this.expect('->');
      cases.push([condition, this.expression(known)]);
    } while (this.accept('[]'));
    return (scope) => {
      const taken = cases.find(([condition]) => truth(condition(scope)));
      if (!taken) throw new Error('no case');
      return taken[1](scope);
    };
  }

  private newRecord(known: readonly string[]): Evaluate {
    this.at -= 1;
    const fields = this.list('[', ']', () => {
      const name = this.next();
      this.expect('|->');
      return [name, this.expression(known)] as const;
    });
    return (scope) => Object.fromEntries(fields.map(([name, value]) => [name, value(scope)]));
  }

  private changedRecord(known: readonly string[]): Evaluate {
    const base = this.expression(known);
    const changes: (readonly [string, Evaluate])[] = [];
    this.expect('EXCEPT');
    do {
      this.expect('!');
      this.expect('.');
      const field = this.next();
      this.expect('=');
      changes.push([field, this.expression(known)]);
    } while (this.accept(','));
    this.expect(']');
    return (scope) => {
      const before = record(base(scope));
      const after: Record<string, Value> = { ...before };
      for (const [field, value] of changes) {
        if (!(field in before)) throw new Error(`no field ${field}`);
        after[field] = value({ name: '@', value: before[field]!, outer: scope });
      }
      return after;
    };
  }
}
