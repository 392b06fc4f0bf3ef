import { headerConflictShift, headerReturned, headerShared, headerState } from '../system/header.js';
import { constantBase, nullPage } from '../system/word.js';

/** Positions in `s`, the few numbers that generated code, its helpers and `GeneratedInterpreter` share during a step. */
export const registers = {
  /** The running thread, the address of its frame pointer, and the end of its stack. */
  thread: 0,
  base: 1,
  stackEnd: 2,
  /** 1 after the visible operation of the step. */
  visible: 3,
  /** Frame of the outermost atomic function that runs, 0 for none. */
  atomic: 4,
  /** It may touch shared objects that it names; it may touch others. */
  atomicShared: 5,
  atomicAny: 6,
  /** Where a step goes back to if an atomic function meets a shared object too late: choices made (-1: nowhere), log, frame. */
  savedChoices: 7,
  savedLog: 8,
  savedFrame: 9,
  savedEnd: 10,
  /** 1 after such a return: the frames above are gone. */
  wentBack: 11,
  status: 12,
  choices: 13,
  logged: 14,
  observations: 15,
  changes: 16,
  /** Jumps back so far: a step with too many is left to the interpreter. */
  jumps: 17,
  /** End of the thread's frames before the step, and the highest end of a frame in it. */
  top: 18,
  highest: 19,
  /** Object that an event was applied to, or lock address; result of the last event. */
  result: 20,
  /** 1 if memory was freed whose contents stay. */
  freedKept: 21,
  /** Visible operations of the step; place and column of the last one (`Interpreter.visiblePlace`). */
  visibles: 22,
  visiblePlace: 23,
  visibleColumn: 24,
} as const;

/** `StepStatus` as a number; `bailed` is not one: the step is to be made by the interpreter. */
export const stepDone = 0;
const stepWaits = 1;
export const stepBailed = 2;

const jumpLimit = 10_000;

/**
 * The part of a generated module that is the same for every system: memory, visibility, locks, choices, undoing. `live` and
 * `freed` are states of the memory lifecycle, `keepFreed` leaves the contents of freed memory.
 */
export function prelude(facts: {
  readonly live: number;
  readonly freed: number;
  readonly keepFreed: boolean;
  readonly faultCounter: number;
  readonly objects: number;
  readonly threads: number;
  readonly segments: number;
}): string {
  const { live, freed, keepFreed, faultCounter, objects, threads, segments } = facts;
  const at = Object.entries(registers)
    .map(([name, position]) => `${name}At = ${position}`)
    .join(', ');
  const shared = headerShared << 2;
  const returned = headerReturned << 2;
  const state = headerState << 2;
  return `
// Positions in s.
const ${at};

/** Leaves the step to the interpreter: its words are restored, and it is made anew. */
function fail() {
  throw bail;
}

// ---- what a step notes ----

/** Writes a word outside of the thread's frames. */
function put(at, word) {
  const logged = s[loggedAt];
  if (logged + 2 > log.length) throw bail;
  log[logged] = at;
  log[logged + 1] = w[at];
  s[loggedAt] = logged + 2;
  w[at] = word;
}

function change(segment) {
  if (isChanged[segment] !== 0) return;
  isChanged[segment] = 1;
  changed[s[changesAt]] = segment;
  s[changesAt] += 1;
}

function observe(segment) {
  if (isObserved[segment] !== 0) return;
  isObserved[segment] = 1;
  observed[s[observationsAt]] = segment;
  s[observationsAt] += 1;
}

function observeAll(o) {
  observe(o);
  for (let part = furtherParts[o]; part < furtherParts[o + 1]; part += 1) observe(part);
}

function changeAll(o) {
  change(o);
  for (let part = furtherParts[o]; part < furtherParts[o + 1]; part += 1) change(part);
}

/** The step ends in front of a node. */
function stop(fp, node) {
  if (s[wentBackAt] === 0) w[fp] = (node + 1) << 2;
  return 0;
}

/** The step ends in front of a node that has to wait; if nothing ran before it there is no step. */
function wait(moved) {
  if (s[atomicAt] !== 0) throw bail;
  s[statusAt] = moved === 0 ? ${stepWaits} : ${stepDone};
  return 0;
}

/** A jump back. */
function again() {
  s[jumpsAt] += 1;
  if (s[jumpsAt] > ${jumpLimit}) throw bail;
}

// ---- values ----

function written(word) {
  if (word === 3) throw bail;
  return word;
}

function isTrue(word) {
  if (word === 3) throw bail;
  return word !== 0;
}

function isError(word) {
  if (word === 3) throw bail;
  return (word & 3) === 0 && word < 0 && word >= -16380;
}

function displaced(word, bytes) {
  if (word === 0) return bytes | 1;
  if ((word & 3) !== 1) return word;
  const moved = word + bytes;
  return moved === 1 ? 0 : moved;
}

function element(start, index, bytes, length) {
  if ((index & 3) !== 0) throw bail;
  if ((start & 3) !== 1) return start;
  const position = index >> 2;
  if (position < 0 || position >= length) throw bail;
  return start + position * bytes;
}

function currentTask() {
  return taskOf[s[threadAt]];
}

/** Equality of two words. Pointers that differ look at their objects: freed memory makes either result possible. */
function same(a, b) {
  if (a === 3 || b === 3) throw bail;
  if (a === b) return true;
  if ((a & 3) === 1 && (b & 3) === 1) {
    mustLive(a >> 2);
    mustLive(b >> 2);
  }
  return false;
}

function mustLive(at) {
  if (at < ${nullPage} || at >= ${constantBase}) return;
  const o = objectAt[at];
  if (o === ${objects}) return;
  observe(o);
  if ((w[header[o]] & ${state}) !== ${live << 2}) throw bail;
}

${['less <', 'lessOrEqual <=', 'more >', 'moreOrEqual >=']
  .map((entry) => {
    const [name, operator] = entry.split(' ');
    return `function ${name}(a, b) {
  if (((a | b) & 3) === 0) return a ${operator} b;
  if ((a & 3) === 3 || (b & 3) === 3) throw bail;
  return a >>> 2 ${operator} b >>> 2;
}

function ${name}AsSigned(a, b) {
  if ((a & 3) === 1 && (b & 3) === 1) return a >>> 2 ${operator} b >>> 2;
  if (((a | b) & 3) !== 0) throw bail;
  return a ${operator} b;
}

function ${name}AsUnsigned(a, b) {
  if ((a & 3) === 1 && (b & 3) === 1) return a >>> 2 ${operator} b >>> 2;
  if (((a | b) & 3) !== 0) throw bail;
  return a >>> 0 ${operator} b >>> 0;
}
`;
  })
  .join('\n')}
${['sum +', 'difference -', 'bitAnd &', 'bitOr |', 'bitXor ^']
  .map((entry) => {
    const [name, operator] = entry.split(' ');
    return `function ${name}(a, b) {
  if ((a & 3) === 3 || (b & 3) === 3) throw bail;
  return ((a >> 2) ${operator} (b >> 2)) << 2;
}

/** In a type of C: residues in 30 bits. */
function ${name}InC(a, b) {
  if (((a | b) & 3) !== 0) throw bail;
  const result = (a >> 2) ${operator} (b >> 2);
  if (result < ${-(2 ** 29)} || result >= ${2 ** 29}) throw bail;
  return result << 2;
}
`;
  })
  .join('\n')}
function numberOrUnwritten(word) {
  if ((word & 3) !== 0 && word !== 3) throw bail;
  return word;
}

// ---- memory ----

/** 1 if the step may touch a shared object now, 0 if it has to stop because it made its visible operation. */
function reach() {
  if (s[atomicAt] === 0) return 1 - s[visibleAt];
  if (s[atomicSharedAt] !== 0) return 1;
  if (s[atomicAnyAt] === 0) throw bail;
  if (s[savedChoicesAt] < 0) return 1;
  goBack();
  return 0;
}

function noteVisible(at, column) {
  s[visibleAt] = 1;
  s[visiblesAt] += 1;
  s[visiblePlaceAt] = at;
  s[visibleColumnAt] = column;
  visibleLog.push(at, column);
}

/** Whether an access to a shared word is a visible operation; a wrong assumption about it is the interpreter's to tell. */
function noteShared(at, writes, column) {
  if (levels[at] !== 3) {
    keepTo(at, writes);
    return false;
  }
  noteVisible(at, column);
  return true;
}

/** An access to a word of memory that was shared before. */
function noteReturned(at, writes, column) {
  if (levels[at] !== 3) keepTo(at, writes);
  visibleLog.push(at, column);
}

/** Bails unless an access keeps to what is assumed of the word. */
function keepTo(at, writes) {
  const level = levels[at];
  if (level === 0) {
    if (writes) throw bail;
    return;
  }
  const thread = s[threadAt];
  if (level === 1) {
    if (owners[at] === -1) owners[at] = thread;
    else if (owners[at] !== thread) throw bail;
    return;
  }
  const set = locksets[at];
  let kept = 0;
  for (let lock = 0; lock < lockAddress.length && lock < 31; lock += 1) {
    if ((set & (1 << lock)) !== 0 && holds(lock, thread)) kept |= 1 << lock;
  }
  if (kept === 0) throw bail;
  locksets[at] = kept;
}

/** 1 if the access at the word \`address\` may happen now, 0 if the step stops. \`access\`: 0 plain, 1 marked, 2 atomic. */
function touch(address, writes, access, node) {
  const at = address >> 2;
  if ((address & 3) !== 1 || at < ${nullPage}) {
    if (s[visibleAt] !== 0 && s[atomicAt] === 0) return 0;
    throw bail;
  }
  if (at >= ${constantBase}) {
    if (writes) throw bail;
    return 1;
  }
  const o = objectAt[at];
  observe(o);
  observe(segmentAt[at]);
  const h = w[header[o]];
  if ((h & ${shared}) !== 0) {
    if (reach() === 0) return 0;
    if (noteShared(at, writes, -1) && access !== 2) accesses.push({ address: at, writes, plain: access === 0, node });
  } else if ((h & ${returned}) !== 0) noteReturned(at, writes, -1);
  if ((h & ${state}) !== ${live << 2}) throw bail;
  return 1;
}

function load(address) {
  const at = address >> 2;
  return at < ${constantBase} ? w[at] : constants[at - ${constantBase}];
}

/** \`noteOutput\`: the store counts as writing a documented output. */
function store(address, word, noteOutput) {
  const at = address >> 2;
  const o = objectAt[at];
  put(at, word);
  change(segmentAt[at]);
  if ((word & 3) === 1 && word >= ${nullPage << 2} && word < ${constantBase << 2} && (w[header[o]] & ${shared}) !== 0)
    share(objectAt[word >> 2]);
  if (noteOutput) {
    const ghost = outputAt[at];
    if (ghost !== 0) {
      put(ghost, 4);
      observe(segmentAt[ghost]);
      change(segmentAt[ghost]);
    }
  }
}

/** Marks an object, and everything it names, as reachable by other threads. */
function share(start) {
  let waiting = 1;
  work[0] = start;
  while (waiting > 0) {
    waiting -= 1;
    const o = work[waiting];
    if (o === ${objects}) throw bail;
    observe(o);
    const h = header[o];
    if ((w[h] & ${shared}) !== 0 || isTask[o] !== 0) continue;
    put(h, (w[h] | ${shared}) & ~${returned});
    change(o);
    observeAll(o);
    const end = h + size[o];
    for (let at = h + 1; at <= end; at += 1) {
      const word = w[at];
      if ((word & 3) !== 1 || word < ${nullPage << 2} || word >= ${constantBase << 2}) continue;
      if (waiting >= work.length) throw bail;
      work[waiting] = objectAt[word >> 2];
      waiting += 1;
    }
  }
}

/** The first unused slot of \`count\` ones. */
function allocate(first, count) {
  let o = first;
  for (; ; o += 1) {
    if (o === first + count) throw bail;
    observe(o);
    if (w[header[o]] === 0) break;
  }
  put(header[o], ${live << 2});
  // An unused slot holds nothing.
  changeAll(o);
  return o;
}

/** Ends the memory at the word \`address\`; 0 if the step stops. \`isStack\`: the memory of a local. */
function release(address, isStack, fn) {
  const at = address >> 2;
  if ((address & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) throw bail;
  const o = objectAt[at];
  observe(o);
  const start = header[o];
  const h = w[start];
  if ((h & ${shared}) !== 0 && !isStack) {
    if (reach() === 0) return 0;
    noteVisible(at, -2);
  }
  if ((h & ${state}) !== ${live << 2} || isStatic[o] !== 0 || at !== start + 1) throw bail;
  observeAll(o);
  const end = start + size[o];
  for (let cell = at; cell <= end; cell += 1) {
    const broken = freeBreaks[cell];
    if (broken !== 0 && brokenByFree[broken + (w[cell] >> 2)] !== 0) throw bail;
  }
  for (let id = 0; id < idCell.length; id += 1) {
    const cell = idCell[id];
    const holder = objectAt[cell];
    observe(holder);
    // What a shared object names is shared.
    if ((w[header[holder]] & ${shared}) !== 0 && (h & ${shared | returned}) === 0) continue;
    observe(segmentAt[idPointer[id]]);
    observe(segmentAt[cell]);
    const named = w[idPointer[id]];
    if ((named & 3) !== 1 || w[cell] >> 2 !== idPublished[id]) continue;
    if (objectAt[named >> 2] === o && (w[header[holder]] & ${state}) === ${live << 2}) throw bail;
  }
  const by = isStack ? 0 : (operationOf(fn) + 1) << ${headerConflictShift + 2};
  put(start, ${freed << 2} | (h & ${shared | returned}) | by);
  changeAll(o);
${
  keepFreed
    ? `  s[freedKeptAt] = 1;`
    : `  for (let word = at; word <= end; word += 1) if (isGhost[word] === 0 && w[word] !== 0) put(word, 0);`
}
  return 1;
}

/** The outermost kernel function of those the code at hand is in, for the report of a later use. */
function operationOf(top) {
  let found = top;
  let fp = w[s[baseAt]] >> 2;
  while (fp !== 0 && isKernel[found] !== 0) {
    fp = w[fp + 1] >> 2;
    if (fp === 0) break;
    const caller = functionOf[(w[fp] >> 2) - 1];
    if (isKernel[caller] === 0 || isEntry[caller] !== 0) break;
    found = caller;
  }
  return found;
}

// ---- locks ----

function holds(lock, thread) {
  return (
    lockHolder[lockStates[lock] + (w[lockAddress[lock]] >> 2)] === thread && (w[lockHeader[lock]] & ${state}) === ${live << 2}
  );
}

function mustHoldNoLock() {
  for (let lock = 0; lock < lockAddress.length; lock += 1) if (holds(lock, s[threadAt])) throw bail;
}

function mustHoldNoSpinlock() {
  for (let lock = 0; lock < lockAddress.length; lock += 1)
    if (lockSpins[lock] !== 0 && holds(lock, s[threadAt])) throw bail;
}

/** Notes under which locks the lock at the word \`address\` was taken. */
function noteLockOrder(address, node) {
  const taken = lockAddress.indexOf(address >> 2);
  if (taken < 0) return;
  for (let lock = 0; lock < lockAddress.length; lock += 1) {
    if (lock !== taken && holds(lock, s[threadAt])) lockEdges.push({ held: lockName[lock], taken: lockName[taken], node });
  }
}

/** 1 if another thread stands in front of a call that waits for the lock. */
function hasWaiters(lock) {
  for (let thread = 0; thread < ${threads}; thread += 1) {
    if (thread === s[threadAt]) continue;
    observe(${segments} + thread);
    const fp = w[baseOf[thread]] >> 2;
    if (fp !== 0 && waitsOn(fp, (w[fp] >> 2) - 1) === lock) return 4;
  }
  return 0;
}

// ---- events, calls ----

/** The object of the place an event is applied to; -1 if the step stops. */
function place(address) {
  const at = address >> 2;
  if ((address & 3) !== 1 || at < ${nullPage}) {
    if (s[visibleAt] !== 0 && s[atomicAt] === 0) return -1;
    throw bail;
  }
  if (at >= ${constantBase}) throw bail;
  const o = objectAt[at];
  observe(o);
  observe(segmentAt[at]);
  const h = w[header[o]];
  if ((h & ${shared}) !== 0 && reach() === 0) return -1;
  if ((h & ${state}) !== ${live << 2}) throw bail;
  return o;
}

/** Whether an argument of an atomic function that may wait points into live memory. */
function isLive(word) {
  const at = word >> 2;
  if ((word & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) return false;
  const o = objectAt[at];
  observe(o);
  return (w[header[o]] & ${state}) === ${live << 2};
}

/** Whether an argument of an atomic function is a shared object. */
function isShared(word) {
  const at = word >> 2;
  if ((word & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) return false;
  const o = objectAt[at];
  observe(o);
  return (w[header[o]] & ${shared}) !== 0;
}

/** Remembers the state in front of a call, in case its function meets a shared object. */
function remember(fp, frame) {
  s[savedChoicesAt] = s[choicesAt];
  s[savedLogAt] = s[loggedAt];
  s[savedFrameAt] = fp;
  s[savedEndAt] = frame;
  for (let at = fp; at < frame; at += 1) savedFrame[at - fp] = w[at];
}

/** Back to in front of the call. */
function goBack() {
  unlog(s[savedLogAt]);
  const fp = s[savedFrameAt];
  const end = s[savedEndAt];
  for (let at = fp; at < end; at += 1) w[at] = savedFrame[at - fp];
  for (let at = end; at < s[highestAt]; at += 1) w[at] = 0;
  w[s[baseAt]] = fp << 2;
  s[choicesAt] = s[savedChoicesAt];
  s[atomicAt] = 0;
  s[wentBackAt] = 1;
}

function unlog(start) {
  for (let at = s[loggedAt] - 2; at >= start; at -= 2) w[log[at]] = log[at + 1];
  s[loggedAt] = start;
}

/** The caller goes on behind its call with the result in place. */
function leave(caller, word) {
  if (caller === 0) {
    mustHoldNoLock();
    return 1;
  }
  const call = (w[caller] >> 2) - 1;
  if (callResult[call] >= 0) w[caller + callResult[call]] = word;
  w[caller] = (callNext[call] + 1) << 2;
  return 1;
}

/** Nothing is written yet of the outputs of a call's argument when it begins. */
function forgetOutputs(word) {
  const at = word >> 2;
  if ((word & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) return;
  const o = objectAt[at];
  if (o === ${objects}) throw bail;
  observeAll(o);
  for (let ghost = header[o] + 1; ghost <= header[o] + size[o]; ghost += 1) if (isOutput[ghost] !== 0) put(ghost, 0);
  changeAll(o);
}

function mustHaveOutputs(word) {
  const at = word >> 2;
  if ((word & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) return;
  const o = objectAt[at];
  if (o === ${objects}) throw bail;
  observeAll(o);
  for (let ghost = header[o] + 1; ghost <= header[o] + size[o]; ghost += 1)
    if (isOutput[ghost] !== 0 && w[ghost] === 0) throw bail;
}

/** A result that is an object has \`expected\` in a field. */
function mustReturn(word, field, expected) {
  const at = word >> 2;
  if ((word & 3) !== 1 || at < ${nullPage} || at >= ${constantBase}) return;
  const o = objectAt[at];
  if (o === ${objects}) throw bail;
  observe(o);
  if ((w[header[o]] & ${state}) !== ${live << 2}) return;
  observe(segmentAt[at + field]);
  if (w[at + field] !== expected) throw bail;
}

// ---- choices ----

/** Which of \`count\` alternatives is taken. */
function decide(count) {
  const position = s[choicesAt];
  s[choicesAt] = position + 1;
  arity[position] = count;
  if (position >= choices.length) choices.push(0);
  return choices[position];
}
${
  faultCounter < 0
    ? ''
    : `
/** Whether no more failures may be chosen. */
function noMoreFaults() {
  observe(${segments - 1});
  return w[${faultCounter}] >> 2 >= faults;
}

function countFault() {
  put(${faultCounter}, w[${faultCounter}] + 4);
  change(${segments - 1});
}
`
}
// ---- a step ----

/** Takes the step back. */
function undo() {
  unlog(0);
  const base = s[baseAt];
  const top = s[topAt];
  for (let at = base; at < top; at += 1) w[at] = before[at - base];
  for (let at = top; at < s[highestAt]; at += 1) w[at] = 0;
}

/** Makes a step of a thread: 0 done, 1 it waits, 2 it is taken back and left to the interpreter. */
function step(thread) {
  const base = baseOf[thread];
  s[threadAt] = thread;
  s[baseAt] = base;
  s[stackEndAt] = stackEndOf[thread];
  s[visibleAt] = 0;
  s[visiblesAt] = 0;
  if (visibleLog.length > 0) visibleLog.length = 0;
  s[atomicAt] = 0;
  s[atomicSharedAt] = 0;
  s[savedChoicesAt] = -1;
  s[wentBackAt] = 0;
  s[statusAt] = ${stepDone};
  s[choicesAt] = 0;
  s[loggedAt] = 0;
  s[jumpsAt] = 0;
  s[freedKeptAt] = 0;
  for (let index = s[changesAt] - 1; index >= 0; index -= 1) isChanged[changed[index]] = 0;
  s[changesAt] = 0;
  change(${segments - 1 - threads} + thread);
  let fp = w[base] >> 2;
  if (fp === 0) return ${stepWaits};
  let node = (w[fp] >> 2) - 1;
  const top = fp + frameSize[functionOf[node]];
  s[topAt] = top;
  s[highestAt] = top;
  for (let at = base; at < top; at += 1) before[at - base] = w[at];
  try {
    for (let moved = 0; run(functionOf[node], fp, node, moved) !== 0; moved = 1) {
      fp = w[base] >> 2;
      if (fp === 0) break;
      node = (w[fp] >> 2) - 1;
    }
  } catch (error) {
    if (error !== bail) throw error;
    undo();
    return ${stepBailed};
  }
  if (s[statusAt] === ${stepDone}) {
    fp = w[base] >> 2;
    if (fp !== 0) {
      node = (w[fp] >> 2) - 1;
      for (let index = deadFrom[node]; index < deadFrom[node + 1]; index += 1) w[fp + dead[index]] = 0;
    }
  }
  return s[statusAt];
}
`;
}
