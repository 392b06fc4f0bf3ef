import type { SearchProgress } from '../checker/explore/search.js';
import type { JobProgress } from '../checker/parallel/runJobs.js';
import { isTerminal } from './streams.js';

/** Tells a person what is going on; says nothing where nobody looks. */
export interface ProgressLine {
  readonly onProgress: (event: JobProgress) => void;
  /** Takes the line away, before other output. */
  readonly clear: () => void;
}

const refreshInterval = 100;
const clearLine = '\r\u001b[2K';

/** One line on a terminal that is written again and again. */
export function progressLine(stream: NodeJS.WritableStream, now: () => number): ProgressLine {
  if (!isTerminal(stream)) return { onProgress: () => {}, clear: () => {} };
  const running = new Map<string, { readonly started: number; latest: SearchProgress | null }>();
  let finished = 0;
  /** Searches of this and earlier calls. */
  let jobs = 0;
  let shown = -Infinity;

  const show = (text: string) => {
    if (now() - shown < refreshInterval) return;
    shown = now();
    const width = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
    stream.write(clearLine + text.slice(0, width - 1));
  };

  return {
    clear: () => stream.write(clearLine),
    onProgress: (event) => {
      const name = `${event.job.scenario.id} on ${event.job.revision.revision.id}`;
      if (event.kind === 'started') {
        // Whatever was asked for before is done when more is asked for.
        if (finished === jobs) jobs += event.jobs;
        running.set(name, { started: now(), latest: null });
      } else if (event.kind === 'finished') {
        finished += 1;
        running.delete(name);
      } else {
        const search = running.get(name);
        if (search) search.latest = event.progress;
      }
      const searches = [...running].map(([search, { started, latest }]) => describe(search, now() - started, latest));
      show(`${finished} of ${jobs} searches done; ${searches.join('; ')}`);
    },
  };
}

function describe(name: string, milliseconds: number, latest: SearchProgress | null): string {
  if (!latest) return name;
  const rate = Math.round(latest.states / Math.max(0.001, milliseconds / 1000));
  const megabytes = Math.round(latest.bytes / 1_000_000);
  return `${name}: ${count(latest.states)} states, ${count(rate)}/s, frontier ${count(latest.frontier)}, ${megabytes} MB`;
}

/** 12,345 */
function count(number: number): string {
  return number.toLocaleString('en-US');
}
