import { filesOf } from './filesOf.js';
import { headerShared } from './header.js';
import type { LinkedSystem } from './linkedSystem.js';
import type { LockCell } from './lockCells.js';
import { integer, pointer } from './word.js';

/** Fills `words` with the state before setup: what the compiler and the kernel have initialised. `live` is the state of a live object's memory. */
export function fillBeforeSetup(
  system: LinkedSystem,
  words: Int32Array,
  lockCells: readonly LockCell[],
  live: number,
): void {
  words.fill(0);
  const shared = sharedFiles(system);
  for (const { static: isStatic, header, name, tag } of system.objects) {
    if (!isStatic) continue;
    const isPrivate = tag === 'task_struct' || (name.startsWith(filesOf('')) && !shared.has(name));
    words[header] = integer(isPrivate ? live : live | headerShared);
  }
  for (const [address, word] of system.initialWords) words[address] = word;
  // Locks of static objects are initialised where they are defined (DEFINE_SPINLOCK, DEFINE_MUTEX).
  for (const { object, table, address } of lockCells)
    if (object.static) words[address] = integer(table.next[table.column.get('init')!]!);
  fillTasks(system, words);
}

/** Names of the tables of files of processes that have several threads. */
function sharedFiles(system: LinkedSystem): ReadonlySet<string> {
  const threads = new Map<string, number>();
  for (const { process } of system.threads) if (process !== null) threads.set(process, (threads.get(process) ?? 0) + 1);
  return new Set([...threads].filter(([, count]) => count > 1).map(([process]) => filesOf(process)));
}

/** Tells of each task what its process is. */
function fillTasks(system: LinkedSystem, words: Int32Array): void {
  const { fields } = system.layouts.get('task_struct')!;
  const [kthread, files] = [fields.get('kthread'), fields.get('files')];
  const count = system.layouts.get('files_struct')?.fields.get('threads');
  for (const { task, process } of system.threads) {
    if (kthread && process === null) words[task + kthread.offset] = integer(1);
    if (!files || process === null) continue;
    const table = system.objects.find(({ name }) => name === filesOf(process))!;
    words[task + files.offset] = pointer(table.header + 1);
    if (count) words[table.header + 1 + count.offset]! += integer(1);
  }
}
