import type { LifecycleTable } from '../../models/lifecycles/lifecycle.js';
import type { LinkedBinding, LinkedFunction } from '../system/linkedSystem.js';

/** Names in a generated module; what is asked for is kept, so that it can be defined. */
export class Names {
  /** Lifecycle tables that events or monitors use, by name. */
  readonly tables = new Map<string, LifecycleTable>();
  /** Tables with a function of their own for events. */
  readonly events = new Set<LifecycleTable>();
  readonly monitors: LinkedBinding[] = [];
  /** Numbers of arguments of indirect calls. */
  readonly arities = new Set<number>();
  /** Lists of offsets, by name. */
  readonly lists = new Map<string, readonly number[]>();
  private readonly waiting = new Map<LifecycleTable, boolean>();
  private readonly used = new Set<string>();
  private readonly given = new Map<object, string>();

  /** `next_mutex` and the like are arrays of the table. */
  table(table: LifecycleTable): string {
    const name = this.unique(table.lifecycle.id, table);
    this.tables.set(name, table);
    return name;
  }

  /** Function that applies an event of the table. */
  event(table: LifecycleTable): string {
    this.events.add(table);
    return `on_${this.table(table)}`;
  }

  call(fn: LinkedFunction): string {
    return `call_${this.unique(fn.definition.name, fn)}`;
  }

  /** Function that begins a frame of a function given as a word. */
  callAny(args: number): string {
    this.arities.add(args);
    return `callAnyWith${args}`;
  }

  run(fn: LinkedFunction): string {
    return `run_${this.unique(fn.definition.name, fn)}`;
  }

  monitor(binding: LinkedBinding): string {
    let index = this.monitors.indexOf(binding);
    if (index < 0) index = this.monitors.push(binding) - 1;
    return `monitor_${index}`;
  }

  values(offsets: readonly number[]): string {
    const name = `offsets_${offsets.join('_')}`;
    this.lists.set(name, offsets);
    return name;
  }

  /** Whether an event of the table may have to wait. */
  waits(table: LifecycleTable): boolean {
    let waits = this.waiting.get(table);
    if (waits === undefined) this.waiting.set(table, (waits = table.next.includes(-1)));
    return waits;
  }

  /** The text as an identifier of one thing; another thing with the same text gets a number behind it. */
  private unique(text: string, of: object): string {
    const known = this.given.get(of);
    if (known !== undefined) return known;
    const plain = text.replace(/\W/g, '_');
    let name = plain;
    for (let count = 2; this.used.has(name); count += 1) name = `${plain}_${count}`;
    this.used.add(name);
    this.given.set(of, name);
    return name;
  }
}
