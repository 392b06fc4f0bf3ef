import type { ConditionalDecision, Include, MacroDefinition } from './ast.js';
import type { Configuration } from './configuration.js';
import { evaluateCondition } from './evaluateCondition.js';
import type { DirectiveSink } from './lex.js';
import type { LexicalProblem } from './token.js';

/** One `#if` … `#endif` that is open. */
interface Group {
  readonly line: number;
  readonly column: number;
  /** The code around it is compiled. */
  readonly outerActive: boolean;
  /** A branch was taken already. */
  decided: boolean;
  active: boolean;
  sawElse: boolean;
}

/**
 * Takes the directives of one file in their order: decides conditionals by the configuration and by what the file itself
 * defines, and collects macros and includes.
 */
export class Conditionals implements DirectiveSink {
  readonly decisions: ConditionalDecision[] = [];
  readonly includes: Include[] = [];
  /** What was ever defined in a branch that is compiled; last definition wins. */
  readonly macros = new Map<string, MacroDefinition>();
  /** Macros that mean one thing here and another there. */
  readonly redefined = new Set<string>();
  readonly problems: LexicalProblem[] = [];
  active = true;
  /** What is defined at this point: null after `#undef`. */
  private readonly defined = new Map<string, MacroDefinition | null>();
  private readonly groups: Group[] = [];
  private readonly file: string;
  private readonly configuration: Configuration;

  constructor(file: string, configuration: Configuration) {
    this.file = file;
    this.configuration = configuration;
  }

  directive(text: string, line: number, column: number): void {
    const match = /^([a-z_]+)\b\s*/.exec(text);
    if (!match) return;
    const word = match[1]!;
    const rest = text.slice(match[0].length);
    if (word === 'if' || word === 'ifdef' || word === 'ifndef') this.open(word, rest, line, column);
    else if (word === 'elif' || word === 'elifdef' || word === 'elifndef') this.elif(word, rest, line, column);
    else if (word === 'else') this.otherwise(line, column);
    else if (word === 'endif') this.close(line, column);
    else if (this.active) this.other(word, rest, line, column);
  }

  /** To be called at the end of the file. */
  end(): void {
    for (const { line, column } of this.groups) this.problem(line, column, 'this #if has no #endif');
  }

  private open(word: 'if' | 'ifdef' | 'ifndef', rest: string, line: number, column: number): void {
    const group: Group = { line, column, outerActive: this.active, decided: false, active: false, sawElse: false };
    this.groups.push(group);
    this.decide(group, `#${word}`, word, rest, line, column);
  }

  private elif(word: 'elif' | 'elifdef' | 'elifndef', rest: string, line: number, column: number): void {
    const group = this.groups.at(-1);
    if (!group) return this.problem(line, column, `#${word} without an #if`);
    if (group.sawElse) this.problem(line, column, `#${word} after #else`);
    const test = word === 'elif' ? 'if' : word === 'elifdef' ? 'ifdef' : 'ifndef';
    this.decide(group, `#${word}`, test, rest, line, column);
  }

  private otherwise(line: number, column: number): void {
    const group = this.groups.at(-1);
    if (!group) return this.problem(line, column, '#else without an #if');
    if (group.sawElse) this.problem(line, column, 'a second #else');
    group.sawElse = true;
    group.active = group.outerActive && !group.decided;
    const reason = !group.outerActive ? outerNotTaken : group.decided ? earlierTaken : 'no branch before it is taken';
    group.decided = true;
    this.active = group.active;
    this.decisions.push({ line, directive: '#else', taken: group.active, reason });
  }

  private close(line: number, column: number): void {
    const group = this.groups.pop();
    if (!group) return this.problem(line, column, '#endif without an #if');
    this.active = group.outerActive;
  }

  private decide(
    group: Group,
    shown: string,
    test: 'if' | 'ifdef' | 'ifndef',
    rest: string,
    line: number,
    column: number,
  ): void {
    const directive = `${shown} ${rest.replace(/\s+/g, ' ')}`.trim();
    let taken = false;
    let reason = group.outerActive ? earlierTaken : outerNotTaken;
    if (group.outerActive && !group.decided) {
      const name = /^[A-Za-z_$][\w$]*/.exec(rest)?.[0];
      if (test === 'if') {
        const outcome = evaluateCondition(rest, this.environment());
        taken = outcome.value !== 0n;
        reason = outcome.reason;
        if (outcome.error !== null) {
          const shownText = directive.length > 60 ? `${directive.slice(0, 59)}…` : directive;
          const message = `${shownText}: ${outcome.error}; taken as false`;
          this.problems.push({ line, column, message, severity: 'note' });
        }
      } else if (name === undefined) {
        this.problem(line, column, `${directive}: a name must follow`);
        reason = 'no name';
      } else {
        const symbol = this.symbol(name);
        taken = (symbol.defined === true) === (test === 'ifdef');
        reason = symbol.reason;
      }
      group.decided = taken;
    }
    group.active = taken;
    this.active = taken;
    this.decisions.push({ line, directive, taken, reason });
  }

  private environment(): Parameters<typeof evaluateCondition>[1] {
    return { symbol: (name) => this.symbol(name), macro: (name) => this.defined.get(name) ?? null };
  }

  private symbol(name: string): { defined: boolean; value: number | undefined; reason: string } {
    const here = this.defined.get(name);
    if (here === null) return { defined: false, value: undefined, reason: `${name} is #undef'ined in this file` };
    if (here !== undefined) return { defined: true, value: undefined, reason: `${name} is defined in this file` };
    const { value, reason } = this.configuration.symbol(name);
    return { defined: value !== undefined, value, reason };
  }

  private other(word: string, rest: string, line: number, column: number): void {
    if (word === 'define') this.define(rest, line, column);
    else if (word === 'undef') this.undefine(rest);
    else if (word === 'include' || word === 'include_next') this.include(rest, line);
    else if (word === 'error') {
      const message = `the configuration reaches '#error ${rest}'`;
      this.problems.push({ line, column, message, severity: 'note' });
    }
  }

  private define(rest: string, line: number, column: number): void {
    const match = /^([A-Za-z_$][\w$]*)(?:\(([^()]*)\))?/.exec(rest);
    if (!match) return this.problem(line, column, `#define ${rest}: a name must follow`);
    const name = match[1]!;
    const list = match[2];
    const parameters =
      list === undefined ? null : list.trim() === '' ? [] : list.split(',').map((parameter) => parameter.trim());
    const definition = { name, parameters, body: rest.slice(match[0].length).trim(), file: this.file, line };
    const before = this.macros.get(name);
    const same = before?.body === definition.body && String(before.parameters) === String(definition.parameters);
    if (before && !same) this.redefined.add(name);
    this.macros.set(name, definition);
    this.defined.set(name, definition);
  }

  private undefine(rest: string): void {
    const name = /^[A-Za-z_$][\w$]*/.exec(rest)?.[0];
    if (name !== undefined) this.defined.set(name, null);
  }

  private include(rest: string, line: number): void {
    const match = /^(?:<([^>]*)>|"([^"]*)")/.exec(rest);
    if (match) this.includes.push({ line, path: match[1] ?? match[2]!, system: match[1] !== undefined });
  }

  private problem(line: number, column: number, message: string): void {
    this.problems.push({ line, column, message, severity: 'error' });
  }
}

const outerNotTaken = 'inside a branch that is not taken';
const earlierTaken = 'an earlier branch is taken';
