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
  const isSeen = isTerminal(stream);
  const running = new Map<string, Running>();
  let finished = 0;
  let jobs = 0;
  let shown = -Infinity;

  const show = () => {
    if (!isSeen || now() - shown < refreshInterval) return;
    shown = now();
    const width = 'columns' in stream && typeof stream.columns === 'number' ? stream.columns : 80;
    const searches = [...running].map(([search, state]) => state.describe(search));
    const text = `${finished} of ${jobs} searches done; ${searches.join('; ')}`;
    stream.write(clearLine + text.slice(0, width - 1));
  };

  return {
    clear: () => isSeen && stream.write(clearLine),
    onProgress: (event) => {
      ({ jobs } = event);
      const name = `${event.job.scenario.id} on ${event.job.revision.revision.id}`;
      if (event.kind === 'started') {
        running.set(name, new Running(now()));
      } else if (event.kind === 'finished') {
        finished += 1;
        running.delete(name);
      } else {
        running.get(name)?.take(event.progress, now());
        if (event.progress.remark !== undefined)
          stream.write(`${isSeen ? clearLine : ''}interleaf: ${event.progress.remark}\n`);
      }
      show();
    },
  };
}

/** Milliseconds over which a rate is taken, at least; at most twice that. */
const rateInterval = 5000;

/** What is known at one time. */
interface Sample {
  readonly time: number;
  readonly states: number;
  readonly expanded: number;
}

/** A search that goes on. */
class Running {
  private latest: SearchProgress | null = null;
  private time: number;
  /** The rate is that since then. */
  private from: Sample;
  private middle: Sample;

  constructor(started: number) {
    this.time = started;
    this.from = { time: started, states: 0, expanded: 0 };
    this.middle = this.from;
  }

  take(progress: SearchProgress, time: number): void {
    this.latest = progress;
    this.time = time;
    if (time - this.middle.time < rateInterval) return;
    this.from = this.middle;
    this.middle = { time, states: progress.states, expanded: progress.states - progress.frontier };
  }

  describe(name: string): string {
    const { latest, from } = this;
    if (!latest) return name;
    const seconds = Math.max(0.001, (this.time - from.time) / 1000);
    const rate = Math.round((latest.states - from.states) / seconds);
    const expanded = (latest.states - latest.frontier - from.expanded) / seconds;
    const megabytes = Math.round(latest.bytes / 1_000_000);
    const left =
      latest.remaining === undefined || expanded <= 0
        ? ''
        : `, frontier shrinking, about ${time(latest.remaining / expanded)} left`;
    return `${name}: ${count(latest.states)} states, ${count(rate)}/s, depth ${latest.depth}, frontier ${count(latest.frontier)}, ${megabytes} MB${left}`;
  }
}

/** 50 s, 12 min, 3 h: no more exact than a guess. */
function time(seconds: number): string {
  if (seconds < 100) return `${Math.ceil(seconds)} s`;
  if (seconds < 6000) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3600)} h`;
}

/** 12,345 */
function count(number: number): string {
  return number.toLocaleString('en-US');
}
