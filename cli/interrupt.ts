import process from 'node:process';

/**
 * Turns the first SIGINT into an abort, so that a command can show what it has; the second one ends the process as usual.
 */
export function onInterrupt(): { readonly signal: AbortSignal; readonly stop: () => void } {
  const controller = new AbortController();
  const abort = () => controller.abort();
  process.once('SIGINT', abort);
  return { signal: controller.signal, stop: () => process.off('SIGINT', abort) };
}
