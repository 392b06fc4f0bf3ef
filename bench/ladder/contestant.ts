import type { RungFolder } from './rungFolder.js';
import type { Rung } from './rungs.js';
import type { RunLimits } from './runProcess.js';

/** What one run of one contestant gave. Times in seconds. */
export interface Measurement {
  readonly states: number;
  readonly transitions: number;
  /** Of the search alone, as the contestant says. */
  readonly search: number;
  /** From the start of the first process to the end of the last, compilation included; exporting the model is not. */
  readonly total: number;
  /** Bytes that hold states and their index, as the contestant says; null if it does not say. */
  readonly bytes: number | null;
  /** The largest resident set of the searching process in bytes, null where nobody knows. */
  readonly resident: number | null;
}

/** Why there is no measurement: a limit, or a failure, as a sentence. */
export interface NoMeasurement {
  readonly failed: string;
}

/** A way to search a rung, in processes of its own. */
export interface Contestant {
  readonly name: string;
  /** It makes every step of the unreduced system: its states must be those of the others that do. */
  readonly isFull: boolean;
  /** It may miss states: they are not compared. */
  readonly isInexact: boolean;
  /** What has to be done once for a rung; the result then makes one run each time it is called. */
  readonly prepare: (rung: Rung, limits: RunLimits, folder: RungFolder) => Promise<PreparedRun | NoMeasurement>;
}

/** One run. */
export type PreparedRun = () => Promise<Measurement | NoMeasurement>;
