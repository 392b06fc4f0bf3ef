import { parentPort, workerData } from 'node:worker_threads';
import type { SearchProgress } from '../explore/search.js';
import type { JobMessage, WorkerData, WorkerMessage } from './jobMessages.js';
import { runJob } from './runJob.js';

// The program of a worker thread: makes the searches it is sent, one after the other.

/** Milliseconds between two progress messages: often enough to look alive, too seldom to cost anything. */
const progressInterval = 100;

const port = parentPort;
if (!port) throw new Error('checker/parallel/worker.js is started by runJobs, not by itself');
// Node hands over whatever the starter gave; runJobs gives this.
const { stop } = workerData as WorkerData;
const stopFlag = new Int32Array(stop);
const send = (message: WorkerMessage) => port.postMessage(message);

async function work({ number, job, engine, limits, threads }: JobMessage): Promise<void> {
  let told = 0;
  const tell = (progress: SearchProgress) => {
    const now = performance.now();
    if (now - told >= progressInterval || progress.remark !== undefined) {
      told = now;
      send({ kind: 'progress', number, progress });
    }
    return Atomics.load(stopFlag, 0) === 0;
  };
  const result = await runJob(job, engine, limits, tell, threads);
  send({ kind: 'done', number, result });
}

port.on('message', (message: JobMessage) => void work(message));
