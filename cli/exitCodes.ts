/** What the process exits with; part of the interface, as scripts depend on it. */
export const exitCodes = {
  /** Everything asked for holds, or the command did what it should. */
  ok: 0,
  /** A property is broken. */
  violated: 1,
  /** The command line or an input file is wrong. */
  usage: 2,
  /** No complete answer: a bound, a timeout, an interruption. */
  inconclusive: 3,
  /** A bug in Interleaf. */
  internal: 4,
} as const;
