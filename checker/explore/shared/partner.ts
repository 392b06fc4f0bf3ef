import { parentPort, workerData } from 'node:worker_threads';
import { GeneratedInterpreter } from '../../codegen/generatedInterpreter.js';
import { link } from '../../system/link.js';
import { UnstableField } from '../../system/sharedWords.js';
import type { WaitingWithBreaks } from './control.js';
import { Control, PartyLost } from './control.js';
import type { FromPartner, PartnerData, ToPartner } from './partnerMessages.js';
import { SharedContents } from './sharedContents.js';
import { SearchPart } from './searchPart.js';
import { SharedMemory } from './sharedMemory.js';

// The program of a thread that takes part in a search which another thread leads.

/** Milliseconds after which a waiting thread looks whether everybody else is alive. */
const patience = 1000;

const port = parentPort;
if (!port) throw new Error('checker/explore/shared/partner.js is started by sharedBreadthFirst, not by itself');
// Node hands over whatever the starter gave; sharedBreadthFirst gives this.
const data = workerData as PartnerData;
const control = new Control(data.buffers.control);
const send = (message: FromPartner) => port.postMessage(message);

/** Does something; tells the leader if an assumption turns out to be wrong, and everybody if it fails. */
function attempt(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof PartyLost) return;
    if (error instanceof UnstableField) send({ kind: 'unstable', field: error.field });
    control.giveUp();
    if (!(error instanceof UnstableField)) throw error;
  }
}

function toTheEnd(waiting: WaitingWithBreaks): void {
  for (const word of waiting) if (word) Atomics.wait(control.words, word.at, word.value, patience);
}

attempt(() => {
  const system = link(data.revision, data.scenario, data.options);
  const weakened = new Set(data.weakened);
  const interpreter = new GeneratedInterpreter(system, weakened);
  const contents = new SharedContents(new SharedMemory(data.buffers.contents));
  const { transactions, symmetry } = data;
  const part = new SearchPart(
    interpreter,
    data.buffers,
    contents,
    { transactions, symmetry, weakened },
    data.code,
    data.party,
    null,
  );
  toTheEnd(part.join());
  toTheEnd(part.run());
  port.on('message', ({ used }: ToPartner) =>
    attempt(() => {
      part.expander.movers?.absorb(used, null);
      send({ kind: 'agreed' });
    }),
  );
  send({ kind: 'result', result: part.result() });
});
