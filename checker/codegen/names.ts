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
  private readonly used = new Map<string, object>();

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

  /** The text as an identifier of one thing; another thing with the same text gets a number behind it. */
  private unique(text: string, of: object): string {
    const plain = text.replace(/\W/g, '_');
    for (let count = 1; ; count += 1) {
      const name = count === 1 ? plain : `${plain}_${count}`;
      const owner = this.used.get(name);
      if (owner === undefined) this.used.set(name, of);
      if (owner === undefined || owner === of) return name;
    }
  }
}
