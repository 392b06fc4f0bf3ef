import type { LinkedSystem } from '../../system/linkedSystem.js';
import { segmentsOf } from '../../system/segments.js';
import type { CheckpointOptions, SearchOptions } from '../search.js';
import type { CheckpointHeader, CheckpointIdentity } from './checkpoint.js';
import { identityOf, openCheckpoint } from './checkpoint.js';
import type { CheckpointReader } from './checkpointFile.js';
import { CheckpointError, writeCheckpoint } from './checkpointFile.js';
import type { Expander } from './expander.js';
import { Journal } from './journal.js';
import type { MemoryAllowance } from './memoryAllowance.js';
import type { PackedSystem } from './packedSystem.js';
import type { Parents } from './parents.js';
import type { Section, VisitedStates } from './visitedStates.js';

/** What a search tells of itself when it is written. */
type Standing = Omit<CheckpointHeader, 'identity' | 'contents' | 'findings' | 'hasMoved'>;

/** Who keeps something that belongs into a checkpoint. */
type Keepers = readonly [VisitedStates, Parents];

/** The checkpoints of one search: goes on with one, and writes others. */
export class Checkpoints {
  readonly file: string;
  private readonly options: CheckpointOptions;
  private readonly identity: CheckpointIdentity;
  private reader: CheckpointReader<CheckpointHeader> | null = null;
  private journal: Journal | null = null;
  /** When the last one was written, or the search began. */
  private latest: number;

  /** Throws `CheckpointError` if the search cannot be gone on with. */
  constructor(system: LinkedSystem, search: SearchOptions, options: CheckpointOptions) {
    this.options = options;
    this.file = options.file;
    const { store = 'exact', reduction = true, ownership = false, transactions = false, symmetry = false } = search;
    const reductions = Object.entries({ accesses: reduction, ownership, transactions, symmetry }).filter(
      ([, isOn]) => isOn,
    );
    const reduced = reductions.map(([name]) => name).join(',') || 'none';
    this.identity = identityOf(system, `--store ${store} --reduce ${reduced}`);
    this.latest = search.now();
    if (options.resume !== undefined) this.reader = openCheckpoint(options.resume, this.identity);
  }

  /** What the search that is gone on with had to give up assuming. */
  get weakened(): readonly string[] | undefined {
    return this.reader?.header.weakened;
  }

  get bytes(): number {
    return this.journal?.bytes ?? 0;
  }

  /** From now on the steps of a system are noted. */
  keep(packed: PackedSystem, allowance: MemoryAllowance): void {
    const journal = new Journal(packed.components.count, allowance);
    this.journal = journal;
    packed.cache.journal = (thread, values) => journal.note(thread, values);
  }

  /**
   * Takes over the search that is gone on with, into an expander that knows the first state and keepers that are empty; null if
   * there is none to go on with. A search that begins again, with weaker assumptions, begins at its first state.
   */
  load(expander: Expander, keepers: Keepers): CheckpointHeader | null {
    const { reader, journal } = this;
    if (!reader || !journal) return null;
    this.reader = null;
    try {
      const { header } = reader;
      const { packed } = expander;
      const [visited] = keepers;
      reader.take(contentsOf(expander, header.contents));
      // The steps are made once more: so much is learned from them, and they are few.
      packed.cache.journal = null;
      reader.take(journal.section());
      journal.repeat(packed);
      packed.cache.journal = (thread, values) => journal.note(thread, values);
      visited.restore(header.layout);
      for (const section of sectionsOf(keepers)) reader.take(section);
      visited.rewrite(header.layout, packed.layout);
      expander.transitions = header.transitions;
      expander.steps = header.steps;
      expander.log.cuts = header.cuts;
      expander.log.restore(header.findings);
      if (expander.slots) expander.slots.hasMoved = header.hasMoved;
      return header;
    } finally {
      reader.close();
    }
  }

  isDue(now: number): boolean {
    return now - this.latest >= this.options.interval;
  }

  /** Writes a checkpoint. Why it could not be written, or null. */
  write(standing: Standing, expander: Expander, keepers: Keepers, now: () => number): string | null {
    const { identity, journal } = this;
    const header: CheckpointHeader = {
      ...standing,
      identity,
      contents: expander.packed.components.sizes.slice(),
      findings: expander.log.notes(),
      hasMoved: expander.slots?.hasMoved ?? false,
    };
    try {
      const first = contentsOf(expander, header.contents);
      writeCheckpoint(this.file, header, [first, journal!.section(), ...sectionsOf(keepers)]);
      return null;
    } catch (error) {
      if (!(error instanceof CheckpointError)) throw error;
      return error.message;
    } finally {
      // Counted from its end: a disk that is slow does not take all of the time.
      this.latest = now();
    }
  }
}

function sectionsOf([visited, parents]: Keepers): readonly Section[] {
  return [...visited.sections(), ...parents.sections()];
}

/** The contents of all components by number, so many of each; they get the same numbers again. */
function contentsOf(expander: Expander, sizes: Int32Array): Section {
  const { interpreter, packed, initial } = expander;
  const { components, cache } = packed;
  const segments = segmentsOf(interpreter.system);
  const length = segments.reduce((sum, segment, component) => sum + segment.length * sizes[component]!, 0);
  const each = (visit: (component: number, number: number, start: number, end: number) => void) => {
    for (const [component, { start, length: width }] of segments.entries())
      for (let number = 0; number < sizes[component]!; number += 1) visit(component, number, start, start + width);
    interpreter.words.set(initial);
    cache.forgetLoaded();
  };
  return {
    name: 'contents',
    words: () => {
      const words = new Int32Array(length);
      let at = 0;
      each((component, number, start, end) => {
        components.load(component, number);
        words.set(interpreter.words.subarray(start, end), at);
        at += end - start;
      });
      return words;
    },
    load: (count, fill) => {
      const words = new Int32Array(count);
      fill(words);
      let at = 0;
      each((component, _number, start, end) => {
        interpreter.words.set(words.subarray(at, at + end - start), start);
        components.intern(component);
        at += end - start;
      });
      packed.internInterpreted();
    },
  };
}
