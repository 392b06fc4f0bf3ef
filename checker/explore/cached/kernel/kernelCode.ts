import type { Layout } from '../layout.js';
import { hashEnd, hashOfWords, hashStart, hashStep } from '../../wasm/hashCode.js';
import type { Code } from '../../wasm/wasmModule.js';
import {
  add,
  and,
  block,
  callFunction,
  constant,
  encodeModule,
  equal,
  exit,
  exitIf,
  get,
  giveBack,
  greaterUnsigned,
  isZero,
  lessSigned,
  lessUnsigned,
  load,
  loop,
  lowestBit,
  multiply,
  not,
  or,
  set,
  shiftLeft,
  shiftRight,
  store,
  subtract,
  when,
} from '../../wasm/wasmModule.js';

/** What kernel code is made for: it has to be made again when one of these changes. */
export interface KernelForm {
  readonly layout: Layout;
  readonly threads: number;
  /** Component of the first thread. */
  readonly firstThread: number;
  /** Where the numbers of waits, and of locks held, stand behind those of components; see `TransitionCache`. */
  readonly waitingOf: number;
  readonly heldOf: number;
  /** Words of a set of dynamic objects, and how many of them are in use. */
  readonly maskWords: number;
  readonly usedWords: number;
  /** Components in some content of which a lock is held, and static ones that name dynamic objects in some. */
  readonly lockHolders: readonly number[];
  readonly namingStatics: readonly number[];
  /** Some object consists of several components. */
  readonly hasParts: boolean;
}

/**
 * Where the kernel finds what: byte addresses of words each of which holds the byte address of a table, which moves when it grows, or a number.
 * The tables are those of `TransitionCache` and `Components`, arranged so that what is read together lies together.
 */
export const directory = {
  /** Per test: address of the value, lowest number, room, address of the first child relative to `children`. */
  tests: 0,
  children: 4,
  /** Per result: first outcome, the one behind the last, transitions, cuts, hashed addresses that are read, and written. */
  results: 8,
  /** Per outcome: `drops` or `dropsOfThread`, or 0; then what it adds to each word. */
  outcomes: 12,
  /** Per outcome: the objects that may lose their last name, as a set. */
  lost: 16,
  /** Per outcome, and one more: its first change. */
  changeStarts: 20,
  /** Per change: address of the component's value, the number after, the number before. */
  changes: 24,
  /** Component by bit of a set of dynamic objects; and how many bits are in use. */
  ofBit: 28,
  bits: 32,
  /** By a number for locks that a thread holds, and one for further ones: the number for all of them; 0 if it has none yet. */
  heldKeys: 36,
  /** The states to expand; their successors, and hashes of these; by state, how many. */
  states: 40,
  successors: 44,
  hashes: 48,
  hashesEnd: 52,
  counts: 56,
  /** Behind the hash written last; sums over the states expanded. */
  hashAt: 60,
  transitions: 64,
  cuts: 68,
} as const;

/** Where the tables begin that have one word for each component. */
export interface ComponentTables {
  /** The numbers of the state at hand; the same as `PackedSystem.values`. */
  readonly values: number;
  /** Addresses of: sets of objects that each content names, `life`, `waits`, `heldBy` of `Components`, `heldSets` of `PackedSystem` plus one. */
  readonly names: number;
  readonly life: number;
  readonly waits: number;
  readonly heldBy: number;
  readonly heldSets: number;
  /** Where a component stands in a packed state, in bytes, and the word that clears it there. */
  readonly place: number;
  readonly clear: number;
  /** By component: the next part of the same object, times four; 0 behind the last one. */
  readonly nextPart: number;
  /** A set of objects: what static objects reach in the state at hand. */
  readonly reached: number;
}

/** Of an outcome: it may take the last name from an object; and all names that it takes are those of threads. */
export const drops = 1;
export const dropsOfThread = 2;

export const testBytes = 16;
export const resultWords = 6;
export const changeWords = 3;
/** Numbers of sets of locks held are below this, or there is no kernel. */
export const heldSetLimit = 64;

/** Bytes of a module with `expand(first, end)`: see `Kernel`. */
export function kernelCode(form: KernelForm, tables: ComponentTables): Uint8Array<ArrayBuffer> {
  const { width } = form.layout;
  return encodeModule([
    { parameters: 1, results: 1, locals: 1, body: hashBody(width) },
    { parameters: 2, results: 1, locals: 6 + 3 * form.usedWords, body: recycleBody(form, tables) },
    { parameters: 0, results: 0, locals: 2 + 2 * form.usedWords, body: reachBody(form, tables) },
    {
      parameters: 2,
      results: 1,
      locals: expandLocals + form.threads + width,
      body: expandBody(form, tables),
      name: 'expand',
    },
  ]);
}

const hashFunction = 0;
const recycleFunction = 1;
const reachFunction = 2;

function hashBody(width: number): Code {
  const [at, hash] = [0, 1];
  return [...hashOfWords(hash, get(at), width), ...get(hash)];
}

// ---- memory without a name: `PackedSystem.recycle`, `Reach.isNamed` ----

/** Address of what a component's content has in a table of the given width. */
function contentAt(tables: ComponentTables, table: number, component: Code, words = 1): Code {
  const offset = shiftLeft(component, constant(2));
  const number = load(offset, tables.values);
  return add(load(offset, table), multiply(number, constant(4 * words)));
}

/** Locals of a function that follows names: single ones, and the first of `usedWords` for each set. */
interface Following {
  readonly component: number;
  readonly bit: number;
  readonly named: number;
  readonly followed: number;
}

/** Adds what a component names. */
function addNames(form: KernelForm, tables: ComponentTables, { named }: Following, component: Code): Code {
  const at = contentAt(tables, tables.names, component, form.maskWords);
  return wordsOf(form).flatMap((word) => set(named + word, or(get(named + word), load(at, 4 * word))));
}

/** Adds what one object names that is named and was not followed yet, and begins the loop again around this; or goes on behind. */
function followOne(form: KernelForm, tables: ComponentTables, locals: Following): Code {
  const { component, bit, named, followed } = locals;
  return wordsOf(form).flatMap((word): Code => {
    const open = and(get(named + word), not(get(followed + word)));
    return [
      ...set(bit, open),
      ...when(
        get(bit),
        set(followed + word, or(get(followed + word), and(get(bit), subtract(constant(0), get(bit))))),
        set(bit, add(lowestBit(get(bit)), constant(32 * word))),
        set(component, load(add(load(constant(0), directory.ofBit), shiftLeft(get(bit), constant(2))))),
        eachPart(
          form,
          addNames(form, tables, locals, get(component)),
          set(component, shiftRight(load(shiftLeft(get(component), constant(2)), tables.nextPart), constant(2))),
          component,
        ),
        exit(1),
      ),
    ];
  });
}

/** Does something with a component, and with the further parts of its object, each of which `next` comes to: to 0 from the last one. */
function eachPart({ hasParts }: KernelForm, body: Code, next: Code, component: number): Code {
  return hasParts ? loop(body, next, exitIf(0, get(component))) : body;
}

function wordsOf({ usedWords }: KernelForm): number[] {
  return Array.from({ length: usedWords }, (_, word) => word);
}

/** Leaves in `reached` what static objects reach in the state whose numbers are in `values`. */
function reachBody(form: KernelForm, tables: ComponentTables): Code {
  const locals = { component: 0, bit: 1, named: 2, followed: 2 + form.usedWords };
  return [
    ...form.namingStatics.flatMap((component) => addNames(form, tables, locals, constant(component))),
    ...loop(followOne(form, tables, locals)),
    ...wordsOf(form).flatMap((word) => store(constant(0), get(locals.named + word), tables.reached + 4 * word)),
  ];
}

function recycleBody(form: KernelForm, tables: ComponentTables): Code {
  const { usedWords, maskWords, namingStatics, firstThread, threads } = form;
  const [outcome, into, change, end, component, life, bit, answer] = [0, 1, 2, 3, 4, 5, 6, 7];
  const words = wordsOf(form);
  const [named, followed, lost] = [8, 8 + usedWords, 8 + 2 * usedWords];
  const locals = { component, bit, named, followed };
  const roots = [...Array.from({ length: threads }, (_, thread) => firstThread + thread), ...namingStatics];
  const changeAt = (address: number): Code =>
    add(load(constant(0), address), multiply(get(change), constant(4 * changeWords)));
  // Which of its words a change puts into the values: 1 the number after, 2 the one before.
  const exchange = (which: number): Code => [
    ...set(change, load(add(load(constant(0), directory.changeStarts), shiftLeft(get(outcome), constant(2))))),
    ...block(
      loop(
        exitIf(1, equal(get(change), get(end))),
        store(load(changeAt(directory.changes)), load(changeAt(directory.changes), 4 * which)),
        set(change, add(get(change), constant(1))),
        exit(0),
      ),
    ),
  ];
  const missing = words
    .map((word) => and(get(lost + word), not(get(named + word))))
    .reduce((left, right) => or(left, right));
  const isNamed = words
    .map((word) =>
      and(get(named + word), subtract(constant(0), equal(shiftRight(get(bit), constant(5)), constant(word)))),
    )
    .reduce((left, right) => or(left, right));
  const clear: Code = [
    ...set(bit, constant(0)),
    ...block(
      loop(
        exitIf(1, equal(get(bit), load(constant(0), directory.bits))),
        when(
          isZero(and(shiftRight(isNamed, and(get(bit), constant(31))), constant(1))),
          set(component, load(add(load(constant(0), directory.ofBit), shiftLeft(get(bit), constant(2))))),
          set(life, load(contentAt(tables, tables.life, get(component)))),
          when(
            get(life),
            when(equal(get(life), constant(2)), set(answer, constant(2))),
            set(component, shiftLeft(get(component), constant(2))),
            eachPart(
              form,
              store(
                add(get(into), load(get(component), tables.place)),
                and(load(add(get(into), load(get(component), tables.place))), load(get(component), tables.clear)),
              ),
              set(component, load(get(component), tables.nextPart)),
              component,
            ),
          ),
        ),
        set(bit, add(get(bit), constant(1))),
        exit(0),
      ),
    ),
  ];
  const lostAt = add(load(constant(0), directory.lost), multiply(get(outcome), constant(4 * maskWords)));
  return [
    ...set(end, load(add(load(constant(0), directory.changeStarts), shiftLeft(get(outcome), constant(2))), 4)),
    ...exchange(1),
    ...words.flatMap((word) => set(lost + word, load(lostAt, 4 * word))),
    ...roots.flatMap((root) => addNames(form, tables, locals, constant(root))),
    ...block(loop(exitIf(1, isZero(missing)), followOne(form, tables, locals), set(answer, constant(1)), clear)),
    ...exchange(2),
    ...get(answer),
  ];
}

// ---- expanding: `Expander.expand` ----

/** Locals of `expand` behind its parameters; then the results of the threads, then the words of the state. */
const expandLocals = 21;

function expandBody(form: KernelForm, tables: ComponentTables): Code {
  const { layout, threads } = form;
  const { width } = layout;
  const [
    first,
    end,
    from,
    test,
    child,
    position,
    reads,
    writes,
    races,
    enabled,
    outcome,
    last,
    record,
    into,
    hash,
    hashAt,
    word,
  ] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
  const [begin, isReachKnown, testsAt, childrenAt, resultsAt, outcomesAt] = [17, 18, 19, 20, 21, 22];
  const result = (thread: number) => 2 + expandLocals + thread;
  const state = (at: number) => 2 + expandLocals + threads + at;
  const all = Array.from({ length: threads }, (_, thread) => thread);
  const unpack = Array.from({ length: width }, (_, at) => [
    ...set(state(at), load(get(from), 4 * at)),
    ...unpackWord(layout, at, state(at), tables.values),
  ]).flat();
  const stop = giveBack(get(first));
  const walk = all.flatMap((thread): Code => [
    ...set(test, add(get(testsAt), constant(thread * testBytes))),
    ...loop(
      set(position, subtract(load(load(get(test))), load(get(test), 4))),
      when(isZero(lessUnsigned(get(position), load(get(test), 8))), stop),
      set(child, load(add(add(get(childrenAt), load(get(test), 12)), shiftLeft(get(position), constant(2))))),
      when(isZero(get(child)), stop),
      when(
        lessSigned(constant(0), get(child)),
        set(test, add(get(testsAt), multiply(subtract(get(child), constant(1)), constant(testBytes)))),
        exit(1),
      ),
    ),
    ...set(
      result(thread),
      add(get(resultsAt), multiply(subtract(constant(-1), get(child)), constant(4 * resultWords))),
    ),
  ]);
  const sum = (offset: number): Code =>
    all.map((thread) => load(get(result(thread)), offset)).reduce((left, right) => add(left, right));
  const outcomes = all
    .map((thread) => subtract(load(get(result(thread)), 4), load(get(result(thread)))))
    .reduce((left, right) => add(left, right));
  const race = all.flatMap((thread): Code => {
    const [read, written] = [load(get(result(thread)), 16), load(get(result(thread)), 20)];
    return [
      ...set(races, or(get(races), or(and(written, or(get(reads), get(writes))), and(read, get(writes))))),
      ...set(reads, or(get(reads), read)),
      ...set(writes, or(get(writes), written)),
    ];
  });
  // Of what loses a name in an outcome, what static objects do not reach.
  const lostAt = add(load(constant(0), directory.lost), multiply(get(outcome), constant(4 * form.maskWords)));
  const missing = wordsOf(form)
    .map((at) => and(load(lostAt, 4 * at), not(load(constant(0), tables.reached + 4 * at))))
    .reduce((left, right) => or(left, right));
  const successor: Code = [
    ...set(record, add(get(outcomesAt), multiply(get(outcome), constant(4 * (width + 1))))),
    ...hashStart(hash, width),
    ...Array.from({ length: width }, (_, at) => [
      ...set(word, add(get(state(at)), load(get(record), 4 + 4 * at))),
      ...store(get(into), get(word), 4 * at),
      ...hashStep(hash, get(word)),
    ]).flat(),
    ...hashEnd(hash),
    ...set(record, load(get(record))),
    ...when(
      get(record),
      when(
        equal(get(record), constant(dropsOfThread)),
        when(isZero(get(isReachKnown)), callFunction(reachFunction), set(isReachKnown, constant(1))),
        set(record, missing),
      ),
      when(
        get(record),
        set(record, callFunction(recycleFunction, get(outcome), get(into))),
        when(
          get(record),
          when(equal(get(record), constant(2)), stop),
          set(hash, callFunction(hashFunction, get(into))),
        ),
      ),
    ),
    ...store(get(hashAt), get(hash)),
    ...set(hashAt, add(get(hashAt), constant(4))),
    ...set(into, add(get(into), constant(4 * width))),
    ...set(outcome, add(get(outcome), constant(1))),
  ];
  const emit = all.flatMap((thread): Code => [
    ...set(outcome, load(get(result(thread)))),
    ...set(last, load(get(result(thread)), 4)),
    ...block(loop(exitIf(1, equal(get(outcome), get(last))), successor, exit(0))),
  ]);
  const addTo = (address: number, value: Code): Code =>
    store(constant(0), add(load(constant(0), address), value), address);
  return [
    ...set(testsAt, load(constant(0), directory.tests)),
    ...set(childrenAt, load(constant(0), directory.children)),
    ...set(resultsAt, load(constant(0), directory.results)),
    ...set(outcomesAt, load(constant(0), directory.outcomes)),
    ...set(hashAt, load(constant(0), directory.hashAt)),
    ...set(
      into,
      add(
        load(constant(0), directory.successors),
        multiply(subtract(get(hashAt), load(constant(0), directory.hashes)), constant(width)),
      ),
    ),
    ...block(
      loop(
        exitIf(1, equal(get(first), get(end))),
        set(from, add(load(constant(0), directory.states), multiply(get(first), constant(4 * width)))),
        unpack,
        readThreads(form, tables, from, test),
        walk,
        set(reads, constant(0)),
        set(writes, constant(0)),
        set(races, constant(0)),
        race,
        set(enabled, sum(8)),
        // Races and ends are looked into elsewhere.
        when(or(get(races), isZero(get(enabled))), stop),
        when(
          greaterUnsigned(add(get(hashAt), shiftLeft(outcomes, constant(2))), load(constant(0), directory.hashesEnd)),
          stop,
        ),
        set(begin, get(hashAt)),
        set(isReachKnown, constant(0)),
        emit,
        addTo(directory.transitions, get(enabled)),
        addTo(directory.cuts, sum(12)),
        store(constant(0), get(hashAt), directory.hashAt),
        store(
          add(load(constant(0), directory.counts), shiftLeft(get(first), constant(2))),
          shiftRight(subtract(get(hashAt), get(begin)), constant(2)),
        ),
        set(first, add(get(first), constant(1))),
        exit(0),
      ),
    ),
    ...get(first),
  ];
}

/** Puts the numbers of the components in one word of a packed state to their places. */
function unpackWord({ word, shift, mask }: Layout, at: number, local: number, values: number): Code {
  return Array.from(mask.keys())
    .filter((component) => mask[component] !== 0 && word[component] === at)
    .flatMap((component) => {
      const low = shift[component] === 0 ? get(local) : shiftRight(get(local), constant(shift[component]!));
      const number = mask[component] === -1 ? low : and(low, constant(mask[component]!));
      return store(constant(0), number, values + 4 * component);
    });
}

/** Fills in where each thread waits, and the locks it holds, as `PackedSystem.unpack` does. Uses two locals. */
function readThreads(form: KernelForm, tables: ComponentTables, holders: number, key: number): Code {
  const { lockHolders, threads, firstThread, waitingOf, heldOf } = form;
  const ofContent = (table: number, component: number): Code => load(contentAt(tables, table, constant(component)));
  const holds = (component: number, thread: number): Code =>
    and(shiftRight(ofContent(tables.heldBy, component), constant(thread)), constant(1));
  const all = Array.from({ length: threads }, (_, thread) => thread);
  const threadsHolding = lockHolders.map((component) => ofContent(tables.heldBy, component));
  return [
    ...set(
      holders,
      threadsHolding.reduce((left, right) => or(left, right), constant(0)),
    ),
    ...all.flatMap((thread): Code => {
      // A set of locks that has no number yet is found out elsewhere.
      const addHeld = lockHolders.flatMap((component): Code => {
        const offset = constant(4 * component);
        const number = load(offset, tables.values);
        const place = add(multiply(number, constant(threads)), constant(thread));
        const known = load(add(load(offset, tables.heldSets), shiftLeft(place, constant(2))));
        const chain = add(shiftLeft(get(key), constant(Math.log2(heldSetLimit))), known);
        return when(
          holds(component, thread),
          set(key, load(add(load(constant(0), directory.heldKeys), shiftLeft(chain, constant(2))))),
          when(isZero(get(key)), giveBack(get(0))),
        );
      });
      return [
        ...store(constant(0), ofContent(tables.waits, firstThread + thread), tables.values + 4 * (waitingOf + thread)),
        ...set(key, constant(0)),
        ...when(and(shiftRight(get(holders), constant(thread)), constant(1)), addHeld),
        ...store(constant(0), get(key), tables.values + 4 * (heldOf + thread)),
      ];
    }),
  ];
}
